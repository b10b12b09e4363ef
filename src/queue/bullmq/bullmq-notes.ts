/** Notes in BullMQ: jobs that nobody takes, each under its own name. */
import type { QueueNotes } from '../queue-notes.ts';
import { jsonIn, payloadOf } from './payload.ts';
import { type UntakenDeps, UntakenJobs } from './untaken-jobs.ts';

const CLEARED_AT_ONCE = 1000;

export class BullmqNotes implements QueueNotes {
  readonly #jobs: UntakenJobs;

  constructor(deps: UntakenDeps) {
    this.#jobs = new UntakenJobs(deps, CLEARED_AT_ONCE);
  }

  /** What is kept for longer than the server keeps it is written again. */
  async note(name: string, value: object): Promise<void> {
    await this.#jobs.asked(async (queue) => {
      const kept = await queue.getJob(name);
      if (kept === undefined) await queue.add('note', payloadOf(value), { jobId: name });
      else await kept.updateData(payloadOf(value));
    });
    // Who only reads does not: of a client that has lived for longer it would remove the note that it looks for.
    this.#jobs.clearUp();
  }

  async noted(name: string): Promise<unknown> {
    return jsonIn((await this.#jobs.asked((queue) => queue.getJob(name)))?.data);
  }

  async forget(name: string): Promise<void> {
    await this.#jobs.asked(async (queue) => (await queue.getJob(name))?.remove());
  }

  async close(): Promise<void> {
    await this.#jobs.close();
  }
}
