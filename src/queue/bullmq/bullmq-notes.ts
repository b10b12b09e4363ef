/** Notes in BullMQ: jobs of a queue that no worker takes from, each under its own name. */
import type { QueueNotes } from '../queue-notes.ts';
import type { BullQueue } from './bullmq-module.ts';
import { jsonIn, payloadOf } from './payload.ts';

export interface NotesDeps {
  /** Made when it is first needed. */
  readonly open: () => BullQueue;
  /** Puts a question to the server, for no longer than it may take. */
  readonly answered: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** Notes of runs that nobody ended. The server counts from their beginning: what lives longer is written again. */
const KEPT_MS = 7 * 86_400_000;
const CLEANED_AT_ONCE = 1000;

export class BullmqNotes implements QueueNotes {
  readonly #deps: NotesDeps;
  #queue: BullQueue | undefined;

  constructor(deps: NotesDeps) {
    this.#deps = deps;
  }

  async note(name: string, value: object): Promise<void> {
    const isFirst = this.#queue === undefined;
    await this.#asked(async (queue) => {
      const kept = await queue.getJob(name);
      if (kept === undefined) await queue.add('note', payloadOf(value), { jobId: name });
      else await kept.updateData(payloadOf(value));
    });
    if (isFirst) this.#asked((queue) => queue.clean(KEPT_MS, CLEANED_AT_ONCE, 'wait')).catch(() => {});
  }

  async noted(name: string): Promise<unknown> {
    return jsonIn((await this.#asked((queue) => queue.getJob(name)))?.data);
  }

  async forget(name: string): Promise<void> {
    await this.#asked(async (queue) => (await queue.getJob(name))?.remove());
  }

  async close(): Promise<void> {
    await this.#queue?.close();
  }

  async #asked<T>(ask: (queue: BullQueue) => Promise<T>): Promise<T> {
    this.#queue ??= this.#deps.open();
    const queue = this.#queue;
    return await this.#deps.answered(() => ask(queue));
  }
}
