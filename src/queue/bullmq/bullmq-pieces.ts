/** Bytes beside the calls' queue: jobs of another one, which nobody takes. Its events are short; those of the calls' hold whole results. */
import type { PieceStore } from '../queue-engine.ts';
import type { BullQueue } from './bullmq-module.ts';
import { type UntakenDeps, UntakenJobs } from './untaken-jobs.ts';

/** Each holds a megabyte. */
const CLEARED_AT_ONCE = 200;

export class BullmqPieces implements PieceStore {
  readonly #jobs: UntakenJobs;

  constructor(deps: UntakenDeps) {
    this.#jobs = new UntakenJobs(deps, CLEARED_AT_ONCE);
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
    await this.#jobs.close();
  }

  async #asked<T>(ask: (queue: BullQueue) => Promise<T>): Promise<T> {
    const answer = await this.#jobs.asked(ask);
    this.#jobs.clearUp();
    return answer;
  }
}
