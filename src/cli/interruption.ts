/** Turns signals into aborts: the first asks the run to stop and decides what the shell is told, the second ends its agents at once. */
import { setMaxListeners } from 'node:events';
import type { Program, ProgramSignal } from '../core/program.ts';
import type { Stops } from '../launch/stops.ts';
import { RunStopped } from '../workflow/run-workflow.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption extends Disposable, Stops {
  /** The signal that stopped the run, once there was one. */
  received(): ProgramSignal | 'SIGPIPE' | undefined;
  /** Our output cannot be written any more. A reader that went away counts as a signal, as it does for every filter. */
  outputLost(error: NodeJS.ErrnoException): void;
}

export function listenForInterruption(
  program: Pick<Program, 'onSignal'>,
  tell: (signal: ProgramSignal, isSecond: boolean) => void,
): Interruption {
  const stop = new AbortController();
  const hurry = new AbortController();
  setMaxListeners(0, hurry.signal);
  let first: ProgramSignal | 'SIGPIPE' | undefined;
  const onSignal = (signal: ProgramSignal) => {
    if (hurry.signal.aborted) return;
    const isSecond = stop.signal.aborted;
    tell(signal, isSecond);
    if (isSecond) return hurry.abort(new RunStopped(`stopped by ${signal}`));
    first = signal;
    stop.abort(new RunStopped(`stopped by ${signal}`));
  };
  const off = SIGNALS.map((signal) => program.onSignal(signal, () => onSignal(signal)));
  return {
    signal: stop.signal,
    hurry: hurry.signal,
    received: () => first,
    outputLost: ({ code }) => {
      if (stop.signal.aborted) return;
      if (code === 'EPIPE') first = 'SIGPIPE';
      const why = code === 'EPIPE' ? 'SIGPIPE' : `a failed write to stdout (${code})`;
      stop.abort(new RunStopped(`stopped by ${why}`));
    },
    [Symbol.dispose]: () => {
      for (const cancel of off) cancel();
    },
  };
}
