/**
 * Takes jobs from BullMQ under locks, and keeps an outcome until the server has it. A lock that is not renewed in time is
 * lost before the server gives the job to another host, so that no two hosts work on it.
 */
import type { Clock } from '../../core/ports.ts';
import { elapsed, withinTime } from '../../wire/waiting.ts';
import { type CarryOut, type JobTaking, LOCK_MS, RENEW_MS, type TakenJob } from '../queue-engine.ts';
import type { BullJob, Bullmq, BullWorker } from './bullmq-module.ts';
import { isToStop, jsonIn, type Payload, payloadOf, returnsOf } from './payload.ts';
import { slowToFail } from './steady-worker.ts';

export interface TakingDeps {
  /** Name of the queue. */
  readonly queue: string;
  readonly bullmq: Bullmq;
  readonly clock: Clock;
  readonly carryOut: CarryOut;
  readonly slots: number;
  readonly settings: object;
  readonly factory: unknown;
}

/** Between two looks for locks that are over. */
const STALLED_LOOK_MS = 5000;
/** Before the server thinks so, too. */
const OWN_LOCK_MS = LOCK_MS - 2000;
const WATCH_MS = 1000;
const AGAIN_MS = 1000;
const CLOSE_MS = 5000;
/** Hosts may die one after the other; a call that kills every host it comes to must end. */
const MOST_STALLED = 5;
/** The job is somebody else's, or nobody's: in BullMQ's words. */
const NOT_OURS = /missing lock|lock mismatch|not in the active state|missing key/i;

interface Held {
  readonly lost: AbortController;
  renewedMs: number;
}

export class BullmqTaking implements JobTaking {
  readonly #deps: TakingDeps;
  readonly #worker: BullWorker;
  readonly #held = new Map<string, Held>();
  #cancelWatch = (): void => {};

  constructor(deps: TakingDeps) {
    this.#deps = deps;
    const { bullmq, queue, slots, settings, factory, clock } = deps;
    const worker = new bullmq.Worker(
      queue,
      (job, token) => this.#process(job, token),
      {
        ...settings,
        concurrency: slots,
        lockDuration: LOCK_MS,
        lockRenewTime: RENEW_MS,
        stalledInterval: STALLED_LOOK_MS,
        maxStalledCount: MOST_STALLED,
        runRetryDelay: AGAIN_MS,
      },
      factory,
    );
    this.#worker = slowToFail(worker, clock);
    this.#worker.on('error', () => {});
    const loseAll = (ids: readonly string[]): void => {
      for (const id of ids) this.#held.get(id)?.lost.abort();
    };
    this.#worker.on('lockRenewalFailed', loseAll);
    this.#worker.on('stalled', (id: string) => loseAll([id]));
    this.#worker.on('locksRenewed', ({ jobIds }: { readonly jobIds: readonly string[] }) => {
      const now = deps.clock.monotonicMs();
      for (const id of jobIds) {
        const held = this.#held.get(id);
        if (held !== undefined) held.renewedMs = now;
      }
    });
    this.#watchLocks();
  }

  atMost(count: number): void {
    const worker = this.#worker;
    const isMore = count > worker.concurrency;
    if (count > 0) worker.concurrency = count;
    // One that waits for a job to end sees that it may have more when it goes on after a pause, not before.
    if (count === 0 || isMore) worker.pause(true).catch(() => {});
    if (count > 0 && worker.isPaused()) worker.resume().catch(() => {});
  }

  async close(): Promise<void> {
    const { clock } = this.#deps;
    await this.#worker.pause(true).catch(() => {});
    while (this.#held.size > 0) await elapsed(clock, WATCH_MS / 10);
    this.#cancelWatch();
    const closed = this.#worker.close().catch(() => {});
    await withinTime(closed, CLOSE_MS, clock, () => {});
  }

  async #process(job: BullJob, token: string): Promise<never> {
    const id = job.id ?? '';
    // Had here before, and lost: the engine gives it to whoever asks.
    this.#held.get(id)?.lost.abort();
    const held = { lost: new AbortController(), renewedMs: this.#deps.clock.monotonicMs() };
    this.#held.set(id, held);
    try {
      const result = await this.#deps.carryOut(this.#taken(id, job, held));
      await this.#handOver(job, token, result, held.lost.signal);
    } finally {
      if (this.#held.get(id) === held) this.#held.delete(id);
    }
    // Tells BullMQ that the job was moved already, as it does for one that is put off.
    throw new this.#deps.bullmq.WaitingError();
  }

  #taken(id: string, job: BullJob, { lost }: Held): TakenJob {
    return {
      id,
      job: jsonIn(job.data),
      stop: isToStop(job.data),
      returns: returnsOf(job.data),
      countReturn: () => {
        const counted = { ...(job.data as Payload), returns: returnsOf(job.data) + 1 };
        return job.updateData(counted satisfies Payload);
      },
      lost: lost.signal,
      tell: (news) => (lost.signal.aborted ? Promise.resolve() : job.updateProgress(payloadOf(news))),
    };
  }

  /** BullMQ's own way gives an outcome up when the server goes down in the middle of it, and it is paid for. */
  async #handOver(job: BullJob, token: string, result: object | undefined, lost: AbortSignal): Promise<void> {
    while (!lost.aborted) {
      try {
        if (result === undefined) await job.moveToWait(token);
        else await job.moveToCompleted(payloadOf(result), token, false);
        return;
      } catch (error) {
        if (NOT_OURS.test((error as Error).message)) return;
      }
      await elapsed(this.#deps.clock, AGAIN_MS);
    }
  }

  #watchLocks(): void {
    const { clock } = this.#deps;
    this.#cancelWatch = clock.after(WATCH_MS, () => {
      const oldest = clock.monotonicMs() - OWN_LOCK_MS;
      for (const { lost, renewedMs } of this.#held.values()) if (renewedMs < oldest) lost.abort();
      this.#watchLocks();
    });
  }
}
