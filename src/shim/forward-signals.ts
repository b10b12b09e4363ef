/** What the caller signals to us reaches the program, which has a group of its own; what came ignored reaches neither. */

import type { Clock } from '../core/ports.ts';
import type { AgentGroup } from './agent-group.ts';
import type { ShimProgram } from './shim-program.ts';

const FORWARDED = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
] as const satisfies readonly NodeJS.Signals[];

/** Long after a stop of ours has taken effect; where it was to have none, the program has stood still for no longer. */
const STOPPED_MS = 20;

/** Lasts as long as this process: what comes once the program has ended finds nobody, and must not end us before we have told of it. */
export interface ForwardedSignals {
  /** From now on they go to that group; what came before goes there at once. */
  to(group: AgentGroup): void;
  has(signal: NodeJS.Signals): boolean;
}

/** Begins before the program does, so that no signal falls between. */
export function forwardSignals(
  { onSignal, kill, pid, clock }: Pick<ShimProgram, 'onSignal' | 'kill' | 'pid'> & { readonly clock: Clock },
  ignored: readonly NodeJS.Signals[],
): ForwardedSignals {
  const seen = new Set<NodeJS.Signals>();
  let group: AgentGroup | undefined;
  for (const signal of FORWARDED) {
    if (ignored.includes(signal)) continue;
    const listener = (): void => {
      seen.add(signal);
      group?.signal(signal);
    };
    onSignal(signal, listener);
  }
  const goOn = (): void => group?.signal('SIGCONT');
  onSignal('SIGCONT', goOn);
  if (!ignored.includes('SIGTSTP')) {
    let offStop = (): void => {};
    const stop = (): void => {
      // In a session of its own the program's group counts as orphaned, and the kernel lets SIGTSTP pass it by.
      group?.signal('SIGSTOP');
      offStop();
      kill(pid, 'SIGTSTP');
      // We go on when we are told to, or at once when we, too, are in an orphaned group.
      clock.after(STOPPED_MS, () => {
        offStop = onSignal('SIGTSTP', stop);
        goOn();
      });
    };
    offStop = onSignal('SIGTSTP', stop);
  }
  return {
    to(started) {
      group = started;
      for (const signal of seen) group.signal(signal);
    },
    has: (signal) => seen.has(signal),
  };
}
