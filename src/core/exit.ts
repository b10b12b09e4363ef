/** Exit codes, made in one place, and the errors a person is meant to read. */
import type { RunResult } from './run.ts';

export const EXIT = {
  done: 0,
  scriptFailed: 1,
  usage: 2,
  callsFailed: 3,
  bug: 70,
  capped: 75,
} as const;

/** Something the caller can mend. The message quotes what was received and says what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Of the system's errors, those that say that it has no more of something, and what to do about it. */
const SHORTAGES: Readonly<Record<string, string>> = {
  EMFILE: 'this process may open no more files: raise the limit (`ulimit -n`), or run fewer agents at once',
  ENFILE: 'the system may open no more files: end something else',
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'your share of the disk is full: make room',
};

/** What to do about an error that is nobody's mistake and goes away; `undefined` for every other. */
export function shortageAdvice(error: unknown): string | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && Object.hasOwn(SHORTAGES, code) ? SHORTAGES[code] : undefined;
}

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGPIPE: 13, SIGTERM: 15 } as const;
export type EndingSignal = keyof typeof SIGNAL_NUMBERS;

/** The status a shell gives a program that died of `signal`. */
export function signalExit(signal: EndingSignal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}

/** `run`: what the shell is told. A run whose every call failed did no work, whatever its script returned. */
export function exitCodeOf(result: RunResult, stoppedBy: EndingSignal | undefined): number {
  switch (result.status) {
    case 'refused':
      return EXIT.usage;
    case 'failed':
      return EXIT.scriptFailed;
    case 'capped':
    case 'paused':
      return EXIT.capped;
    case 'stopped':
      return signalExit(stoppedBy ?? 'SIGTERM');
    case 'completed': {
      const { done, failed, replayed } = result.calls;
      return failed > 0 && done + replayed === 0 ? EXIT.callsFailed : EXIT.done;
    }
  }
}
