/** Notes in BullMQ: jobs of a queue that no worker takes from, each under its own name. */
import type { BullQueue } from './bullmq-module.ts';
import { jsonIn, payloadOf } from './payload.ts';

/** Notes of runs that nobody ended. The server counts from their beginning: what lives longer is written again. */
const KEPT_MS = 7 * 86_400_000;
const CLEANED_AT_ONCE = 1000;

/** Methods reject as BullMQ does. */
export class BullmqNotes {
  readonly #open: () => BullQueue;
  #queue: BullQueue | undefined;

  /** `open`: once, when there is something to note. */
  constructor(open: () => BullQueue) {
    this.#open = open;
  }

  async note(name: string, value: object): Promise<void> {
    const queue = await this.#opened(async (fresh) => {
      await fresh.clean(KEPT_MS, CLEANED_AT_ONCE, 'wait');
    });
    const kept = await queue.getJob(name);
    if (kept === undefined) await queue.add('note', payloadOf(value), { jobId: name });
    else await kept.updateData(payloadOf(value));
  }

  async noted(name: string): Promise<unknown> {
    const queue = await this.#opened();
    return jsonIn((await queue.getJob(name))?.data);
  }

  async forget(name: string): Promise<void> {
    const queue = await this.#opened();
    await (await queue.getJob(name))?.remove();
  }

  async close(): Promise<void> {
    await this.#queue?.close();
  }

  async #opened(first: (queue: BullQueue) => Promise<void> = async () => {}): Promise<BullQueue> {
    if (this.#queue !== undefined) return this.#queue;
    const queue = this.#open();
    this.#queue = queue;
    await first(queue);
    return queue;
  }
}
