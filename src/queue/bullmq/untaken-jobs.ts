/** A queue of BullMQ that no worker takes from: what is added lies there under its name, until it is removed or was there for too long. */
import type { BullQueue } from './bullmq-module.ts';

export interface UntakenDeps {
  /** Made when it is first needed. */
  readonly open: () => BullQueue;
  /** Puts a question to the server, for no longer than it may take. */
  readonly answered: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** What nobody removes, of a run that nobody goes on with. The server counts from when it was added. */
export const KEPT_MS = 7 * 86_400_000;

export class UntakenJobs {
  readonly #deps: UntakenDeps;
  readonly #clearedAtOnce: number;
  #queue: BullQueue | undefined;
  #isCleared = false;

  /** `clearedAtOnce`: so many jobs in one go, for the server does nothing else meanwhile. */
  constructor(deps: UntakenDeps, clearedAtOnce: number) {
    this.#deps = deps;
    this.#clearedAtOnce = clearedAtOnce;
  }

  async asked<T>(ask: (queue: BullQueue) => Promise<T>): Promise<T> {
    this.#queue ??= this.#deps.open();
    const queue = this.#queue;
    return await this.#deps.answered(() => ask(queue));
  }

  /** Once: whoever uses it clears up behind those who did not. Whether that works is of no account to what was asked. */
  clearUp(): void {
    if (this.#isCleared) return;
    this.#isCleared = true;
    this.asked((queue) => queue.clean(KEPT_MS, this.#clearedAtOnce, 'wait')).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#queue?.close();
  }
}
