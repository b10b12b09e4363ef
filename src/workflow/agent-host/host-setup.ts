/** What an agent host has to know of a run before its first call. Its environment is the agents' own. */
import type { AgentProgram } from '../../agent/program/agent-program.ts';
import type { AgentLimits, AgentSettings } from '../../agent/program/agent-settings.ts';

export interface HostSetup {
  readonly program: AgentProgram;
  readonly runId: string;
  readonly cwd: string;
  readonly settings: Partial<AgentSettings>;
  readonly limits: Partial<AgentLimits>;
  /** Folder of the transcripts. */
  readonly agentsDir: string;
}
