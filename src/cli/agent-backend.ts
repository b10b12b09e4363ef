/** Chooses what answers the agents: child processes of the program asked for, or the rehearsal inside this process. */
import { agentVersion } from '../agent/agent-version.ts';
import { findAgentProgram } from '../agent/find-program.ts';
import { ProcessBackend } from '../agent/process-backend.ts';
import { WorktreeBackend } from '../agent/worktree-backend.ts';
import { UserError } from '../core/exit.ts';
import type { AgentBackend } from '../core/ports.ts';
import type { Program } from '../core/program.ts';
import type { RunOptions } from '../core/run.ts';
import type { RunFolder } from '../journal/run-folder.ts';
import { RehearsalBackend } from '../workflow/rehearsal-backend.ts';
import type { Stops } from './interruption.ts';

/** Looked for before the run has a folder: a missing program is an error of the command line, not of every agent. */
export async function backendFor(
  options: RunOptions,
  cwd: string,
  program: Program,
  { signal, hurry }: Stops,
): Promise<(folder: RunFolder, runId: string) => AgentBackend> {
  const { env, nodePath, distDir, clock, kill } = program;
  if (options.rehearse && options.agent !== 'print') {
    if (options.agent === 'claude') {
      throw new UserError(
        '--agent claude in a rehearsal: the real claude cannot rehearse; leave --agent out, say --agent print, or go on for real with --no-rehearse',
      );
    }
    return () => new RehearsalBackend({ cwd });
  }
  const wanted = options.agent;
  const found = await findAgentProgram({ wanted, env, nodePath, distDir, rehearse: options.rehearse });
  if (found.kind === 'problem') throw new UserError(found.message);
  const version = await agentVersion(found.program, { cwd, env, clock, kill, signal });
  const agent = { ...found.program, version };
  const { permissionMode, allowedTools, rehearse, timeoutMs } = options;
  const settings = { permissionMode, allowedTools, rehearse };
  const limits = { timeoutMs };
  return (folder, runId) => {
    const inner = new ProcessBackend({
      program: agent,
      clock,
      kill,
      cwd,
      env,
      runId,
      settings,
      limits,
      hurry,
    });
    return new WorktreeBackend({ inner, cwd, env, runId, worktreesDir: folder.worktreesDir });
  };
}
