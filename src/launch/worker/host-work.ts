/**
 * A host at work for a queue: takes what it can carry out now, at the pace that the model API bears on all hosts, and gives
 * back what another host may carry out better.
 */
import { failure, type Pressure, stoppedMidway } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import { pressureOf, wasServed } from '../../pool/pacing/pressure-of.ts';
import type { JobReport } from '../../queue/host/job-report.ts';
import {
  type GivenBack,
  type JobEnd,
  JobGivenBack,
  QueueWorker,
  type QueueWorkerDeps,
} from '../../queue/host/queue-worker.ts';
import type { QueueEngine } from '../../queue/queue-engine.ts';
import { SharedPressure } from '../../queue/shared-pressure.ts';
import type { QueueJob } from '../../wire/queue/queue-job.ts';
import { HostHealth, hostFaultOf } from './host-health.ts';
import { HostPace } from './host-pace.ts';
import { PoolRoom } from './pool-room.ts';

/** The run asks for what this host does not do: so would another host say, and no pause helps. */
export class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

export interface HostAgent {
  /** It has its slot of this host's pool. */
  readonly started: () => void;
  readonly pressed: (pressure: Pressure) => void;
}

/** Runs one agent in a slot of this host's pool. Rejects with `RunRefused`, and otherwise where this host cannot do it. */
export type RunHere = (
  job: QueueJob,
  report: JobReport,
  agent: HostAgent,
  signal: AbortSignal,
) => Promise<JobEnd>;

export interface HostWorkDeps {
  readonly engine: QueueEngine;
  readonly clock: Clock;
  readonly host: string;
  /** Of this worker, and of no other. */
  readonly name: string;
  readonly slots: number;
  readonly run: RunHere;
  readonly ended: QueueWorkerDeps['ended'];
  /** For a person. */
  readonly said: (text: string) => void;
}

/** On so many hosts in turn a call may fail through theirs and not its own fault; the next one's word counts. */
const MOST_RETURNS = 3;

export class HostWork {
  readonly #deps: HostWorkDeps;
  readonly #room: PoolRoom;
  readonly #pace: HostPace;
  readonly #health: HostHealth;
  readonly #shared: SharedPressure;
  readonly #worker: QueueWorker;
  readonly #offShared: () => void;
  #isHeld = false;
  #running = 0;
  /** Of them, those that find out whether this host is well again. */
  #probes = 0;

  constructor(deps: HostWorkDeps) {
    this.#deps = deps;
    const { clock, engine, host, slots, ended, said, name } = deps;
    const changed = (): void => this.#apply();
    this.#room = new PoolRoom(slots, clock, changed);
    this.#pace = new HostPace(slots, clock, changed);
    this.#health = new HostHealth({ clock, changed, said });
    this.#shared = new SharedPressure(engine, clock, name);
    this.#offShared = this.#shared.listen((pressure) => this.#heardElsewhere(pressure));
    const run = this.#run.bind(this);
    this.#worker = new QueueWorker({ engine, clock, host, run, ended }, slots);
  }

  /** Nothing new starts on this host. What has no slot yet goes to others. */
  hold(): void {
    this.#isHeld = true;
    this.#apply();
    this.#room.giveBackWaiting();
  }

  release(): void {
    this.#isHeld = false;
    this.#apply();
  }

  /** Takes nothing more, and resolves when what runs has ended. */
  async close(): Promise<void> {
    await this.#worker.close();
    this.#offShared();
    for (const part of [this.#room, this.#pace, this.#health]) part.stop();
  }

  /** What runs ends now, and its jobs are for other hosts. */
  stopAll(): void {
    this.#worker.stopAll();
  }

  #apply(): void {
    this.#worker.atMost(this.#count);
  }

  get #count(): number {
    const { state } = this.#health;
    if (this.#isHeld || state === 'resting') return 0;
    const count = Math.min(this.#room.count, this.#pace.count);
    return state === 'well' ? count : Math.min(count, this.#running + (this.#probes > 0 ? 0 : 1));
  }

  #heardElsewhere(pressure: Pressure): void {
    if (pressure.kind === 'limited') this.#pace.limitedElsewhere(pressure.retryAfterMs, this.#room.started);
  }

  async #run(
    job: QueueJob,
    returns: number,
    report: JobReport,
    stop: AbortSignal,
  ): Promise<JobEnd | GivenBack> {
    const noRoom = new AbortController();
    const place = this.#room.taken(() => noRoom.abort(new JobGivenBack('this host has no slot free')));
    const isProbe = this.#health.state !== 'well';
    this.#running += 1;
    if (isProbe) this.#probes += 1;
    try {
      const agent = { started: () => place.started(), pressed: (each: Pressure) => this.#shared.tell(each) };
      const end = await this.#deps.run(job, report, agent, AbortSignal.any([stop, noRoom.signal]));
      if (stop.aborted) return end;
      if (noRoom.signal.aborted && end.outcome.kind === 'failure') return { givenBack: 'no room' };
      return this.#judged(end, returns, report);
    } catch (error) {
      if (stop.aborted) return { outcome: stoppedMidway() };
      const message = `${this.#deps.host} could not run it: ${(error as Error).message}`;
      const end = { outcome: failure('spawn-failed', message) };
      return error instanceof RunRefused ? end : this.#judged(end, returns, report);
    } finally {
      // Not before it was judged: what it says of this host is known before the next is taken.
      this.#running -= 1;
      if (isProbe) this.#probes -= 1;
      place.over();
    }
  }

  /** Of an agent that nobody stopped. */
  #judged(end: JobEnd, returns: number, report: JobReport): JobEnd | GivenBack {
    const { outcome } = end;
    const now = this.#deps.clock.now();
    const fault = hostFaultOf(outcome, now);
    if (fault !== undefined) {
      this.#health.failed(fault);
      if (returns >= MOST_RETURNS) return end;
      report.lastWarning(`${this.#deps.host} gives the call to another host: ${fault}`);
      return { givenBack: 'unfit' };
    }
    const pressure = pressureOf(outcome, now);
    if (pressure !== undefined) this.#shared.tell(pressure);
    if (wasServed(outcome)) {
      this.#health.served();
      this.#pace.served();
    }
    return end;
  }
}
