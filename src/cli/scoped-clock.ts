/** A clock for something that ends before the program does: its timers then neither fire nor keep the process. */
import type { Clock } from '../core/ports.ts';

export class ScopedClock implements Clock, Disposable {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  after(ms: number, callback: () => void): () => void {
    const cancelTimer = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel);
      callback();
    });
    const cancel = (): void => {
      this.#cancels.delete(cancel);
      cancelTimer();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  [Symbol.dispose](): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
