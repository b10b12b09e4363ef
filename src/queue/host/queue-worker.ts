/** Takes jobs from a queue and has each carried out on this host; what is stopped, or is not ours any more, is ended. */
import { failure, neverStarted, type Outcome, stoppedMidway } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import { decodeJob, type JobResult, type QueueJob } from '../../wire/queue/queue-job.ts';
import type { TranscriptNews } from '../../wire/queue/transcript-news.ts';
import { aborted } from '../../wire/waiting.ts';
import type { JobTaking, QueueEngine, TakenJob } from '../queue-engine.ts';
import { ClientWatch } from './client-watch.ts';
import { JobReport } from './job-report.ts';

/** What a job came to here. */
export type JobEnd = Pick<JobResult, 'outcome' | 'edits' | 'dropped'>;

/** A job is over here; `lost`: somebody else has it now. `dropped`: nobody waits for it. */
export type EndKind = Outcome['kind'] | 'lost' | 'put back' | 'dropped';

/** It is for whoever takes it next. `unfit`: this host could not do it, which is counted. */
export interface GivenBack {
  readonly givenBack: 'no room' | 'unfit';
}

/**
 * Runs one agent on this host; `returns`: of so many hosts before that could not. Contract: never rejects for what an agent
 * does, and ends it when `signal` is aborted.
 */
export type RunJob = (
  job: QueueJob,
  returns: number,
  report: JobReport,
  signal: AbortSignal,
) => Promise<JobEnd | GivenBack>;

export interface QueueWorkerDeps {
  readonly engine: QueueEngine;
  readonly clock: Clock;
  /** Name of this host. */
  readonly host: string;
  readonly run: RunJob;
  readonly ended: (job: QueueJob, end: EndKind) => void;
}

/** The reason with which a job is stopped that the engine gave to somebody else. */
export class JobLost extends Error {
  override readonly name = 'JobLost';
}

/** The reason with which a job is stopped that is to be done by another host, unless its agent is through by then. */
export class JobGivenBack extends Error {
  override readonly name = 'JobGivenBack';
}

/** Whether what a job came to here counts: else another host does it, from the beginning. */
export function countsHere({ kind }: Outcome, { reason }: AbortSignal): boolean {
  if (reason instanceof JobLost) return false;
  // A reply is one, however late.
  return kind === 'reply' || !(reason instanceof JobGivenBack);
}

/** Of a word to stop that the engine did not tell. */
const LOOK_MS = 5000;

interface Carried {
  readonly id: string;
  readonly stop: AbortController;
}

export class QueueWorker {
  readonly #deps: QueueWorkerDeps;
  readonly #carried = new Map<string, Carried>();
  readonly #offNews: () => void;
  readonly #taking: JobTaking;
  readonly #clients: ClientWatch;
  readonly #closing = new AbortController();
  #atMost: number;
  #cancelLook = (): void => {};
  #isClosed = false;
  #isGivingBack = false;

  constructor(deps: QueueWorkerDeps, slots: number) {
    this.#deps = deps;
    this.#clients = new ClientWatch(deps.engine.notes, deps.clock, this.#closing.signal);
    this.#atMost = slots;
    this.#offNews = deps.engine.onNews((id) => void this.#look(id));
    this.#taking = deps.engine.take((taken) => this.#carryOut(taken), slots);
    this.#lookLater();
  }

  get running(): number {
    return this.#carried.size;
  }

  /** Takes no more than so many at once, from 0. */
  atMost(count: number): void {
    if (count === this.#atMost) return;
    this.#atMost = count;
    this.#taking.atMost(count);
  }

  /** Takes nothing more, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#taking.close();
    this.#isClosed = true;
    this.#cancelLook();
    this.#offNews();
  }

  /** What runs ends now, and its jobs are for other hosts. */
  stopAll(): void {
    this.#isGivingBack = true;
    for (const { stop } of this.#carried.values()) stop.abort(new JobGivenBack('the worker was stopped'));
  }

  async #carryOut(taken: TakenJob): Promise<object | undefined> {
    // It was on its way when there was room for it, or before all were given back.
    if (this.#isGivingBack || this.#carried.size >= this.#atMost) return undefined;
    const decoded = decodeJob(taken.job);
    if (decoded.kind === 'bad') return this.#refused(taken, decoded.problem);
    const job = decoded.value;
    if (taken.stop) return this.#result(job, { outcome: neverStarted() });
    const stop = new AbortController();
    const carried = { id: taken.id, stop };
    this.#carried.set(taken.id, carried);
    const lose = (): void => stop.abort(new JobLost('the queue gave the job to another host'));
    taken.lost.addEventListener('abort', lose);
    if (taken.lost.aborted) lose();
    const report = new JobReport(job.token, this.#deps.host, (news) => taken.tell(news), this.#deps.clock);
    try {
      const isWaitedFor = await Promise.race([this.#clients.isThere(job.runId), aborted(stop.signal)]);
      if (isWaitedFor === false) {
        this.#deps.ended(job, 'dropped');
        return this.#result(job, { outcome: neverStarted(), dropped: true });
      }
      // It was watched for, and might be for minutes.
      const isPutOff = this.#closing.signal.aborted && !stop.signal.aborted;
      if (isPutOff) return undefined;
      const end = await this.#endOf(job, taken.returns, report, stop.signal);
      if ('givenBack' in end) {
        if (end.givenBack === 'no room') return undefined;
        this.#deps.ended(job, 'put back');
        // One that could not be counted goes round once more.
        await taken.countReturn().catch(() => {});
        return undefined;
      }
      const { kind } = end.outcome;
      if (!taken.lost.aborted && !countsHere(end.outcome, stop.signal)) {
        this.#deps.ended(job, 'put back');
        return undefined;
      }
      this.#deps.ended(job, taken.lost.aborted ? 'lost' : kind);
      return this.#result(job, end, report.rest());
    } finally {
      report.end();
      taken.lost.removeEventListener('abort', lose);
      if (this.#carried.get(taken.id) === carried) this.#carried.delete(taken.id);
    }
  }

  async #endOf(
    job: QueueJob,
    returns: number,
    report: JobReport,
    signal: AbortSignal,
  ): Promise<JobEnd | GivenBack> {
    try {
      return await this.#deps.run(job, returns, report, signal);
    } catch (error) {
      if (signal.aborted) return { outcome: stoppedMidway() };
      const message = `${this.#deps.host} could not run it: ${(error as Error).message}`;
      return { outcome: failure('spawn-failed', message) };
    }
  }

  #result({ token }: QueueJob, end: JobEnd, transcript?: TranscriptNews): JobResult {
    return { token, host: this.#deps.host, ...end, transcript };
  }

  /** Of another version, or nobody's. Answered, or its client would wait for ever. */
  #refused({ job }: TakenJob, problem: string): JobResult {
    const { token } = (job ?? {}) as { readonly token?: unknown };
    const message = `${this.#deps.host} does not understand the call (${problem}); does every host run one version of andwait?`;
    return {
      token: typeof token === 'string' ? token : '',
      host: this.#deps.host,
      outcome: failure('spawn-failed', message),
    };
  }

  async #look(id: string): Promise<void> {
    const carried = this.#carried.get(id);
    if (carried === undefined || carried.stop.signal.aborted) return;
    // The server is away: whether the job is still ours is for the engine to say.
    const found = await this.#deps.engine.look(id).catch(() => undefined);
    if (found?.stop === true) carried.stop.abort(new Error('its client had it stopped'));
  }

  #lookLater(): void {
    this.#cancelLook = this.#deps.clock.after(LOOK_MS, () => {
      for (const id of this.#carried.keys()) void this.#look(id);
      if (!this.#isClosed) this.#lookLater();
    });
  }
}
