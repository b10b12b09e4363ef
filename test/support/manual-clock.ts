/** Time that passes only when the test says so: the test waits for a timer to be set, then lets it fire. */
import type { Clock } from '../../src/core/ports.ts';

interface Timer {
  readonly at: number;
  readonly ms: number;
  readonly callback: () => void;
}

interface Waiter {
  readonly wants: (ms: number) => boolean;
  readonly resolve: (ms: number) => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();
  readonly #waiters = new Set<Waiter>();

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#nowMs + ms, ms, callback };
    this.#timers.add(timer);
    for (const waiter of [...this.#waiters]) {
      if (!waiter.wants(ms)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(ms);
    }
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Lets `ms` pass: timers fire in their order, those they set included. */
  advance(ms: number): void {
    const until = this.#nowMs + ms;
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#nowMs = next.at;
      next.callback();
    }
    this.#nowMs = until;
  }

  /** Durations of the timers that wait, soonest first. */
  get pending(): readonly number[] {
    return [...this.#timers].sort((a, b) => a.at - b.at).map((timer) => timer.ms);
  }

  /** Resolves as soon as a timer of `ms` waits, at once if one does. */
  async timerSet(ms: number): Promise<void> {
    await this.#timerSet((set) => set === ms);
  }

  /**
   * Lets each timer of at most `longestMs` fire as soon as it is set, until `done` settles: for code that looks again
   * and again. Longer ones are limits that this test is not about. `settled` is awaited before each: for what takes the
   * kernel a time that this clock does not know.
   */
  async runUntil<T>(done: Promise<T>, longestMs: number, settled = async () => {}): Promise<T> {
    const over = Symbol('over');
    const end = done.then(
      () => over,
      () => over,
    );
    for (;;) {
      const next = await Promise.race([end, this.#timerSet((ms) => ms <= longestMs)]);
      if (next === over) return await done;
      await settled();
      const soonest = this.#next(Number.POSITIVE_INFINITY);
      if (soonest) this.advance(soonest.at - this.#nowMs);
    }
  }

  #timerSet(wants: (ms: number) => boolean): Promise<number> {
    const waiting = [...this.#timers].find((timer) => wants(timer.ms));
    if (waiting) return Promise.resolve(waiting.ms);
    return new Promise((resolve) => {
      this.#waiters.add({ wants, resolve });
    });
  }

  #next(until: number): Timer | undefined {
    return [...this.#timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  }
}
