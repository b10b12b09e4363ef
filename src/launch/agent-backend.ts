/** Chooses what answers the agents: child processes of the program asked for, or the rehearsal inside this process. */
import path from 'node:path';
import type { PlacedBackend } from '../agent/process/process-backend.ts';
import type { AgentProgram } from '../agent/program/agent-program.ts';
import { agentVersion } from '../agent/program/agent-version.ts';
import { findAgentProgram } from '../agent/program/find-program.ts';
import { WorktreeBackend } from '../agent/worktree/worktree-backend.ts';
import { UserError } from '../core/exit.ts';
import type { AgentBackend } from '../core/ports.ts';
import type { Program } from '../core/program.ts';
import type { RunOptions } from '../core/run.ts';
import type { RunFolder } from '../journal/run-folder.ts';
import { transcriptsIn } from '../journal/transcript-file.ts';
import { HostedBackend } from '../workflow/agent-host/hosted-backend.ts';
import { RehearsalBackend } from '../workflow/rehearsal-backend.ts';
import type { Stops } from './stops.ts';

const MAX_HOSTS = 2;

/** Whether agents are answered inside this process, and none is started. */
export function rehearsesHere({ rehearse, agent }: RunOptions): boolean {
  return rehearse && agent !== 'print';
}

/** Who answers the agents of a run, once it has a folder. */
export interface RunAgents {
  readonly backendIn: (folder: RunFolder, runId: string) => AgentBackend;
  /** For the run's log. */
  readonly notices: readonly string[];
  /** Where no run comes of it. */
  readonly close: () => Promise<void>;
}

/** What agents are, and are told, that the run's options do not say. */
export interface SessionAgents {
  /** A session's own program: it has what it takes to ask a model. */
  readonly program?: AgentProgram;
  /** Beside those that the run's options record. */
  readonly flags: readonly string[];
}

/** Calls that ask for isolation get it. */
export async function backendFor(
  options: RunOptions,
  cwd: string,
  program: Program,
  stops: Stops,
  ofSession?: SessionAgents,
): Promise<(folder: RunFolder, runId: string) => AgentBackend> {
  const { env, uid } = program;
  const placed = await placedBackendFor(options, cwd, program, stops, { ofSession });
  return (folder, runId) => {
    const inner = placed(folder, runId);
    if (rehearsesHere(options)) return inner;
    return new WorktreeBackend({ inner, cwd, env, runId, worktreesDir: folder.worktreesDir, uid });
  };
}

export interface PlacedWish {
  readonly ofSession?: SessionAgents | undefined;
  /** They are told where to work one by one, in trees that hold what is to hold for them. */
  readonly isElsewhere?: boolean;
}

/** Looked for before the run has a folder: a missing program is an error of the command line, not of every agent. */
export async function placedBackendFor(
  options: RunOptions,
  cwd: string,
  program: Program,
  { signal, hurry }: Stops,
  { ofSession, isElsewhere = false }: PlacedWish = {},
): Promise<(folder: RunFolder, runId: string) => PlacedBackend> {
  const { env, nodePath, distDir, clock, kill, cores } = program;
  if (rehearsesHere(options)) {
    if (options.agent === 'claude') {
      throw new UserError(
        '--agent claude in a rehearsal: the real claude cannot rehearse; leave --agent out, say --agent print, or go on for real with --no-rehearse',
      );
    }
    return ({ agentsDir }) =>
      new RehearsalBackend({
        cwd,
        openTranscript: transcriptsIn(agentsDir, clock),
      });
  }
  const found = ofSession?.program ?? (await programFor(options, program));
  const version = await agentVersion(found, { cwd, env, clock, kill, signal });
  const agent = { ...found, version };
  const { permissionMode, allowedTools, rehearse, timeoutMs, idleMs = null } = options;
  const ofFolder = isElsewhere ? [] : ofRunsFolder(agent, cwd);
  const flags = [...ofFolder, ...(options.session?.flags ?? []), ...(ofSession?.flags ?? [])];
  const settings = { permissionMode, allowedTools, flags, rehearse };
  const limits = { timeoutMs, idleMs };
  const hostPath = path.join(distDir, 'agent-host.js');
  // Starting processes keeps one core busy for each host.
  const hosts = Math.min(MAX_HOSTS, cores);
  return (folder, runId) => {
    const setup = { program: agent, runId, cwd, settings, limits, agentsDir: folder.agentsDir };
    return new HostedBackend({ nodePath, hostPath, env, setup, clock, kill, hosts, hurry });
  };
}

/**
 * Hooks, rules, servers and agent types of the run's folder hold for agents in worktrees too, where what no commit holds
 * is not found. First, because a session may name another folder. The real program's older versions do not know the flag.
 */
function ofRunsFolder({ kind }: AgentProgram, cwd: string): readonly string[] {
  return kind === 'print' ? ['--project-config-root', cwd] : [];
}

async function programFor(
  { agent, rehearse }: RunOptions,
  { env, nodePath, distDir }: Program,
): Promise<AgentProgram> {
  const found = await findAgentProgram({ wanted: agent, env, nodePath, distDir, rehearse });
  if (found.kind === 'problem') throw new UserError(found.message);
  return found.program;
}
