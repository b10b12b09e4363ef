/** Chooses what answers the agents: child processes of the program asked for, or the rehearsal inside this process. */
import { findAgentProgram } from '../agent/find-program.ts';
import { ProcessBackend } from '../agent/process-backend.ts';
import { WorktreeBackend } from '../agent/worktree-backend.ts';
import { UserError } from '../core/exit.ts';
import type { AgentBackend } from '../core/ports.ts';
import type { Program } from '../core/program.ts';
import type { RunOptions } from '../core/run.ts';
import type { RunFolder } from '../journal/run-folder.ts';
import { RehearsalBackend } from '../workflow/rehearsal-backend.ts';

/** Looked for before the run has a folder: a missing program is an error of the command line, not of every agent. */
export async function backendFor(
  options: RunOptions,
  cwd: string,
  program: Program,
): Promise<(folder: RunFolder, runId: string) => AgentBackend> {
  const { env, nodePath, distDir, clock, kill } = program;
  if (options.rehearse && options.agent !== 'print') {
    if (options.agent === 'claude') {
      throw new UserError(
        '--rehearse --agent claude: the real claude cannot rehearse; leave --agent out, or say --agent print',
      );
    }
    return () => new RehearsalBackend({ cwd });
  }
  const wanted = options.agent;
  const found = await findAgentProgram({ wanted, env, nodePath, distDir, rehearse: options.rehearse });
  if (found.kind === 'problem') throw new UserError(found.message);
  const { permissionMode, allowedTools, rehearse, timeoutMs } = options;
  const settings = { permissionMode, allowedTools, rehearse };
  const limits = { timeoutMs };
  return (folder, runId) => {
    const { program: agent } = found;
    const inner = new ProcessBackend({ program: agent, clock, kill, cwd, env, runId, settings, limits });
    return new WorktreeBackend({ inner, cwd, env, runId, worktreesDir: folder.worktreesDir });
  };
}
