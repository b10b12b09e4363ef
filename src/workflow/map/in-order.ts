/**
 * Hands results to their reader one at a time, in the order they came or in that of the input, and says when so much
 * waits for it that nothing more should be begun: a slow reader slows the agents, and never fills memory.
 */
export interface EmitterOptions<T> {
  /** In input order; else as they come. */
  readonly keepOrder: boolean;
  /** Results, then size of the results, that may wait. */
  readonly maxWaiting: number;
  readonly maxWaitingSize: number;
  readonly sizeOf: (result: T) => number;
  readonly emit: (result: T) => Promise<void>;
}

export class OrderedEmitter<T> {
  readonly #options: EmitterOptions<T>;
  /** Of positions whose turn has not come; `undefined` is a position without a result. */
  readonly #early = new Map<number, T | undefined>();
  #next = 0;
  #waiting = 0;
  #waitingSize = 0;
  #emitting: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #changed: () => void = () => {};

  constructor(options: EmitterOptions<T>) {
    this.#options = options;
  }

  /** Each position once, from 0; `undefined` gives it up. */
  add(position: number, result: T | undefined): void {
    if (result !== undefined) this.#hold(result, 1);
    if (!this.#options.keepOrder) {
      if (result !== undefined) this.#emit(result);
      return;
    }
    this.#early.set(position, result);
    while (this.#early.has(this.#next)) {
      const due = this.#early.get(this.#next);
      this.#early.delete(this.#next);
      this.#next += 1;
      if (due !== undefined) this.#emit(due);
    }
  }

  get isFull(): boolean {
    const { maxWaiting, maxWaitingSize } = this.#options;
    return this.#waiting >= maxWaiting || this.#waitingSize >= maxWaitingSize;
  }

  /** `listener` is called whenever less waits than before, or something went wrong. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves when everything added has been emitted; rejects with what went wrong first. */
  async drained(): Promise<void> {
    await this.#emitting;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #emit(result: T): void {
    this.#emitting = this.#emitting.then(async () => {
      try {
        if (this.#failure === undefined) await this.#options.emit(result);
      } catch (error) {
        this.#failure ??= error as Error;
      }
      this.#hold(result, -1);
      this.#changed();
    });
  }

  #hold(result: T, by: 1 | -1): void {
    this.#waiting += by;
    this.#waitingSize += by * this.#options.sizeOf(result);
  }
}
