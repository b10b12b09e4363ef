/** Turns signals into one abort: the first decides how the run ended and what the shell is told. */
import type { Program, ProgramSignal } from '../core/program.ts';
import { RunStopped } from '../workflow/run-workflow.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** The signal that stopped the run, once there was one. */
  received(): ProgramSignal | 'SIGPIPE' | undefined;
  /** Nobody reads our output any more: as a signal would. */
  brokenPipe(): void;
}

export function listenForInterruption(
  program: Pick<Program, 'onSignal'>,
  tell: (signal: ProgramSignal) => void,
): Interruption {
  const controller = new AbortController();
  let first: ProgramSignal | 'SIGPIPE' | undefined;
  const stop = (signal: ProgramSignal | 'SIGPIPE') => {
    if (first !== undefined) return;
    first = signal;
    if (signal !== 'SIGPIPE') tell(signal);
    controller.abort(new RunStopped(`stopped by ${signal}`));
  };
  const off = SIGNALS.map((signal) => program.onSignal(signal, () => stop(signal)));
  return {
    signal: controller.signal,
    received: () => first,
    brokenPipe: () => stop('SIGPIPE'),
    [Symbol.dispose]: () => {
      for (const cancel of off) cancel();
    },
  };
}
