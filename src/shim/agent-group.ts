/** The process group of the program we stand for. Of its own, because the other one brings modules that a call has no time to load. */
import type { ShimProgram } from './shim-program.ts';

export interface AgentGroup {
  /** Nobody left to hear it is no error. */
  signal(signal: NodeJS.Signals): void;
}

/** `leader` is a child of ours: its number is nobody else's before we have heard of its end. */
export function agentGroup(leader: number, { kill }: Pick<ShimProgram, 'kill'>): AgentGroup {
  return {
    signal(signal) {
      try {
        kill(-leader, signal);
      } catch {
        // ESRCH: they have ended. EPERM: they are another user's by now.
      }
    },
  };
}
