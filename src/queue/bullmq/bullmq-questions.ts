/** Questions in BullMQ: jobs of a queue for each host, which its workers take from, and whose results are the answers. */
import type { Clock } from '../../core/ports.ts';
import { elapsed, withinTime } from '../../wire/waiting.ts';
import type { Answering, HostQuestions } from '../host-questions.ts';
import type { BullJob, BullQueue, BullWorker } from './bullmq-module.ts';
import { jsonIn, payloadOf } from './payload.ts';

export interface QuestionsDeps {
  readonly clock: Clock;
  /** A queue of that name, for who asks. */
  readonly open: (name: string) => BullQueue;
  /** Who answers. */
  readonly work: (name: string, processor: (job: BullJob) => Promise<unknown>) => BullWorker;
  /** Puts a question to the server, for no longer than it may take. */
  readonly answered: <T>(ask: () => Promise<T>) => Promise<T>;
}

const LOOK_MS = 100;
const CLOSE_MS = 3000;
/** What was asked by somebody who died. */
const KEPT = { age: 60 };

export class BullmqQuestions implements HostQuestions {
  readonly #deps: QuestionsDeps;
  readonly #queues = new Map<string, BullQueue>();

  constructor(deps: QuestionsDeps) {
    this.#deps = deps;
  }

  async ask(name: string, question: object, ms: number): Promise<unknown> {
    const { answered, clock } = this.#deps;
    const queue = this.#queues.get(name) ?? this.#deps.open(queueNameOf(name));
    this.#queues.set(name, queue);
    const kept = { removeOnComplete: KEPT, removeOnFail: KEPT };
    const { id = '' } = await answered(() => queue.add('question', payloadOf(question), kept));
    const until = clock.monotonicMs() + ms;
    for (;;) {
      const state = await answered(() => queue.getJobState(id));
      const isOver = state === 'completed' || state === 'failed' || state === 'unknown';
      if (isOver || clock.monotonicMs() >= until) {
        const job = await answered(() => queue.getJob(id));
        const answer = state === 'completed' ? jsonIn(job?.returnvalue) : undefined;
        // Somebody may be at it just now: what it comes to goes by itself.
        await answered(async () => job?.remove()).catch(() => {});
        return answer;
      }
      await elapsed(clock, LOOK_MS);
    }
  }

  answer(name: string, answers: (question: unknown) => Promise<object>): Answering {
    const worker = this.#deps.work(queueNameOf(name), async (job) =>
      payloadOf(await answers(jsonIn(job.data))),
    );
    worker.on('error', () => {});
    return {
      close: async () => {
        const closed = worker.close().catch(() => {});
        await withinTime(closed, CLOSE_MS, this.#deps.clock, () => {});
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }
}

function queueNameOf(name: string): string {
  return `host-${name}`;
}
