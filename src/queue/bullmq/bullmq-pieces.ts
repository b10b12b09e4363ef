/** Bytes beside the calls' queue: jobs of another one, which nobody takes. Its events are short; those of the calls' hold whole results. */
import type { PieceStore } from '../queue-engine.ts';
import type { BullQueue } from './bullmq-module.ts';

export interface PiecesDeps {
  /** Made when it is first needed. */
  readonly open: () => BullQueue;
  /** Puts a question to the server, for no longer than it may take. */
  readonly answered: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** Of what nobody removes: as long as outcomes that no client fetches. */
const KEPT_MS = 7 * 86_400_000;
/** Pieces that are forgotten in one go: the server does nothing else meanwhile. */
const MOST_AT_ONCE = 200;

export class BullmqPieces implements PieceStore {
  readonly #deps: PiecesDeps;
  #queue: BullQueue | undefined;

  constructor(deps: PiecesDeps) {
    this.#deps = deps;
  }

  async keep(name: string, bytes: Uint8Array): Promise<void> {
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    await this.#asked((queue) => queue.add('piece', { base64 }, { jobId: name }));
  }

  async isKept(name: string): Promise<boolean> {
    return (await this.#asked((queue) => queue.getJobState(name))) !== 'unknown';
  }

  async fetch(name: string): Promise<Uint8Array | undefined> {
    const job = await this.#asked((queue) => queue.getJob(name));
    const { base64 } = (job?.data ?? {}) as { readonly base64?: unknown };
    return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
  }

  async forget(name: string): Promise<void> {
    await this.#asked((queue) => queue.remove(name));
  }

  async close(): Promise<void> {
    await this.#queue?.close();
  }

  async #asked<T>(ask: (queue: BullQueue) => Promise<T>): Promise<T> {
    const isFirst = this.#queue === undefined;
    this.#queue ??= this.#deps.open();
    const queue = this.#queue;
    const answer = await this.#deps.answered(() => ask(queue));
    // Whoever uses it clears up behind those who did not; whether that works is of no account to what was asked.
    if (isFirst) this.#deps.answered(() => queue.clean(KEPT_MS, MOST_AT_ONCE, 'wait')).catch(() => {});
    return answer;
  }
}
