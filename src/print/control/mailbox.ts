/** Lets what arrives at any time be taken one by one, in order, by one reader. */

export class Mailbox<T> {
  readonly #waiting: T[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  put(item: T): void {
    this.#waiting.push(item);
    this.#wake?.();
  }

  /** Nothing more comes; what is there is still handed out. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  /** The next item, waited for; `undefined` once it is closed and empty. Rejects with the signal's reason when that comes first. */
  async take(signal: AbortSignal): Promise<T | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const item = this.#waiting.shift();
      if (item !== undefined || this.#isClosed) return item;
      await this.#change(signal);
    }
  }

  /** A signal lives as long as the program, and waits come by the thousand: none leaves a listener behind. */
  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = promised();
    this.#wake = resolve;
    signal.addEventListener('abort', resolve, { once: true });
    await promise;
    signal.removeEventListener('abort', resolve);
  }
}

function promised(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
