/** When somebody who only looks is to stop looking: by a key, a signal, or because nobody reads any more. */
import { setMaxListeners } from 'node:events';
import type { Program, ProgramSignal } from '../core/program.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Leaving implements Disposable {
  readonly #left = new AbortController();
  readonly #off: readonly (() => void)[];
  #received: ProgramSignal | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(program: Pick<Program, 'onSignal'>) {
    setMaxListeners(0, this.#left.signal);
    this.#off = SIGNALS.map((signal) => program.onSignal(signal, () => this.by(signal)));
  }

  get signal(): AbortSignal {
    return this.#left.signal;
  }

  /** The first signal, which decides what the shell is told. */
  get received(): ProgramSignal | undefined {
    return this.#received;
  }

  readonly by = (why: ProgramSignal | 'quit'): void => {
    if (why !== 'quit') this.#received ??= why;
    this.#left.abort();
  };

  /** Stops looking, and has `throwIfFailed` throw. */
  readonly fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#left.abort();
  };

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  readonly quit = (): void => this.by('quit');

  [Symbol.dispose](): void {
    for (const off of this.#off) off();
  }
}
