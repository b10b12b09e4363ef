/**
 * BullMQ as the queue engine, on Redis or PostgreSQL. What travels is JSON text inside its JSON: PostgreSQL's own takes no
 * NUL character, and agents say whatever they like.
 */
import type { Clock } from '../../core/ports.ts';
import { withinTime } from '../../wire/waiting.ts';
import type { SharedValue } from '../keep-set.ts';
import type { CarryOut, JobTaking, QueuedJob, QueueEngine } from '../queue-engine.ts';
import { type QueueUrl, withoutSecrets } from '../queue-url.ts';
import { connectionOf } from './bullmq-connection.ts';
import type {
  BullEvents,
  Bullmq,
  BullProcessor,
  BullProducer,
  BullQueue,
  BullWorker,
} from './bullmq-module.ts';
import { BullmqNotes } from './bullmq-notes.ts';
import { BullmqPieces } from './bullmq-pieces.ts';
import { BullmqQuestions } from './bullmq-questions.ts';
import { BullmqTaking } from './bullmq-taking.ts';
import { isToStop, jsonIn, type Payload, payloadOf } from './payload.ts';
import { slowToFail } from './steady-worker.ts';
import { KEPT_MS } from './untaken-jobs.ts';

export interface BullmqOptions {
  readonly url: QueueUrl;
  readonly bullmq: Bullmq;
  readonly clock: Clock;
  /** Name of this host, for who looks into the queue. */
  readonly host: string;
}

const QUEUE_NAME = 'calls';
const PIECES_NAME = 'pieces';
const NOTES_NAME = 'notes';
const STOP_EVENT = 'andwait-stop';
const WORD_EVENT = 'andwait-word';
/** A server that does not answer for so long is away, whatever its connection says. */
const ANSWER_MS = 10_000;
const CLOSE_MS = 3000;
const MINUTE_MS = 60_000;
/** An event holds the whole result it tells of, and the server keeps the last so many. */
const KEPT_EVENTS = 500;
const NEWS = ['completed', 'failed', 'removed', 'stalled', STOP_EVENT] as const;

const STATES: Readonly<Record<string, QueuedJob['state']>> = {
  waiting: 'waiting',
  wait: 'waiting',
  paused: 'waiting',
  prioritized: 'waiting',
  delayed: 'waiting',
  active: 'active',
  completed: 'done',
  failed: 'failed',
};

/** Resolves when the server has answered. Rejects, in words without secrets, when it does not. */
export async function openBullmq(options: BullmqOptions): Promise<QueueEngine> {
  const engine = new BullmqEngine(options);
  try {
    await engine.ready();
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

class BullmqEngine implements QueueEngine {
  readonly #options: BullmqOptions;
  readonly #queue: BullQueue;
  #events: BullEvents | undefined;
  readonly #producer: BullProducer;
  readonly pieces: BullmqPieces;
  readonly notes: BullmqNotes;
  readonly questions: BullmqQuestions;
  #lastError = '';
  readonly #heardError = (error: Error): void => {
    this.#lastError = wordsOf(error);
  };
  readonly #listeners = new Set<(id: string, told: unknown) => void>();
  readonly #wordListeners = new Set<(word: unknown) => void>();

  constructor(options: BullmqOptions) {
    this.#options = options;
    const { Queue, QueueEventsProducer } = options.bullmq;
    const [settings, factory] = connectionOf(options, 1);
    const streams = { events: { maxLen: KEPT_EVENTS } };
    this.#queue = new Queue(QUEUE_NAME, { ...settings, streams }, factory);
    this.#producer = new QueueEventsProducer(QUEUE_NAME, settings, factory);
    const open = (name: string): BullQueue => {
      const queue = new Queue(name, { ...settings, streams: { events: { maxLen: 1 } } }, factory);
      queue.on('error', this.#heardError);
      return queue;
    };
    const answered = <T>(ask: () => Promise<T>): Promise<T> => this.#answered(ask);
    this.pieces = new BullmqPieces({ open: () => open(PIECES_NAME), answered });
    this.notes = new BullmqNotes({ open: () => open(NOTES_NAME), answered });
    const { bullmq, clock } = options;
    const work = (name: string, processor: BullProcessor): BullWorker =>
      slowToFail(new bullmq.Worker(name, processor, ...connectionOf(options, null)), clock);
    this.questions = new BullmqQuestions({ clock, open, work, answered });
    // A connection that breaks is made again; whoever asks something meanwhile is told so by its answer.
    for (const each of [this.#queue, this.#producer]) each.on('error', this.#heardError);
  }

  async ready(): Promise<void> {
    await this.#answered(async () => {
      await Promise.all([this.#queue.waitUntilReady(), this.#producer.waitUntilReady()]);
      // Not before: one that was never connected cannot be closed, and keeps the process alive.
      await this.#listen().waitUntilReady();
    });
  }

  #listen(): BullEvents {
    const [blocking, factory] = connectionOf(this.#options, null);
    const events = new this.#options.bullmq.QueueEvents(QUEUE_NAME, blocking, factory);
    this.#events = events;
    events.on('error', this.#heardError);
    const tell = (id: string, told: unknown): void => {
      for (const listener of this.#listeners) listener(id, told);
    };
    for (const name of NEWS) {
      events.on(name, ({ jobId }: { readonly jobId: string }) => tell(jobId, undefined));
    }
    events.on('progress', ({ jobId, data }: { readonly jobId: string; readonly data: unknown }) =>
      tell(jobId, jsonIn(data)),
    );
    events.on(WORD_EVENT, (said: object) => {
      for (const listener of this.#wordListeners) listener(jsonIn(said));
    });
    return events;
  }

  async add(id: string, job: object): Promise<void> {
    // Outcomes that no client fetches.
    const kept = { age: KEPT_MS / 1000 };
    const options = { jobId: id, removeOnComplete: kept, removeOnFail: kept };
    await this.#answered(() => this.#queue.add('call', payloadOf(job), options));
  }

  async look(id: string): Promise<QueuedJob | undefined> {
    return await this.#answered(async () => {
      // First its state: of a job that is done, what is read afterwards holds the result.
      const state = STATES[await this.#queue.getJobState(id)];
      const job = state === undefined ? undefined : await this.#queue.getJob(id);
      if (state === undefined || job === undefined) return undefined;
      const result = state === 'done' ? jsonIn(job.returnvalue) : undefined;
      const { failedReason: why, progress } = job;
      return {
        state,
        job: jsonIn(job.data),
        stop: isToStop(job.data),
        result,
        told: jsonIn(progress),
        why,
      };
    });
  }

  async askToStop(id: string): Promise<void> {
    await this.#answered(async () => {
      const job = await this.#queue.getJob(id);
      if (job === undefined) return;
      await job.updateData({ ...(job.data as Payload), stop: true } satisfies Payload);
      await this.#producer.publishEvent({ eventName: STOP_EVENT, jobId: id });
    });
  }

  async remove(id: string): Promise<'removed' | 'held'> {
    return await this.#answered(async () => {
      const job = await this.#queue.getJob(id);
      try {
        await job?.remove();
        return 'removed';
      } catch (error) {
        if (/locked/.test((error as Error).message)) return 'held';
        throw error;
      }
    });
  }

  onNews(listener: (id: string, told: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  readonly cap: SharedValue = {
    set: async (count) => void (await this.#answered(() => this.#queue.setGlobalConcurrency(count))),
    get: async () => (await this.#answered(() => this.#queue.getGlobalConcurrency())) ?? undefined,
  };

  readonly rate: SharedValue = {
    set: async (perMinute) => {
      const apartMs = Math.max(1, Math.floor(MINUTE_MS / perMinute));
      await this.#answered(() => this.#queue.setGlobalRateLimit(1, apartMs));
    },
    get: async () => {
      const found = await this.#answered(() => this.#queue.getGlobalRateLimit());
      return found === null ? undefined : (found.max * MINUTE_MS) / found.duration;
    },
  };

  async tellAll(word: object): Promise<void> {
    await this.#answered(() => this.#producer.publishEvent({ eventName: WORD_EVENT, ...payloadOf(word) }));
  }

  onWord(listener: (word: unknown) => void): () => void {
    this.#wordListeners.add(listener);
    return () => void this.#wordListeners.delete(listener);
  }

  take(carryOut: CarryOut, slots: number): JobTaking {
    const { bullmq, clock, host } = this.#options;
    const [settings, factory] = connectionOf(this.#options, null);
    const how = { bullmq, clock, factory, queue: QUEUE_NAME };
    return new BullmqTaking({ ...how, carryOut, slots, settings: { ...settings, name: host } });
  }

  async close(): Promise<void> {
    const parts = [this.#queue, this.#producer, this.#events, this.pieces, this.notes, this.questions];
    const closed = Promise.all(parts.map((each) => each?.close()));
    // Of a server that is away there is nobody to take leave of.
    await withinTime(closed, CLOSE_MS, this.#options.clock, () => {}).catch(() => {});
  }

  async #answered<T>(ask: () => Promise<T>): Promise<T> {
    try {
      this.#lastError = '';
      return await withinTime(ask(), ANSWER_MS, this.#options.clock, unanswered);
    } catch (error) {
      // Why there is no connection says more than that a question was given up without one.
      const words = this.#lastError === '' ? wordsOf(error) : this.#lastError;
      throw new Error(withoutSecrets(words, this.#options.url));
    }
  }
}

function unanswered(): never {
  throw new Error(`no answer within ${ANSWER_MS / 1000} s`);
}

/** Of several addresses of one name, each of which refused, Node says nothing but that. */
function wordsOf(error: unknown): string {
  const { message, code, errors } = error as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  return message || errors?.map((each) => each.message).join('; ') || code || String(error);
}
