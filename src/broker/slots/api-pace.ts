/** Holds the queue of all runs to the pace that the model API bears: how many at once, when the next, and nothing but probes without quota. */
import type { Pressure } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import { type Breaker, closedBy, probeAt, type Quota, setBack, tripped } from '../../pool/pacing/breaker.ts';
import { capped, howMany, OPENING_MS, opened, type Pace, refused, served } from '../../pool/pacing/pacer.ts';
import type { PoolPace } from '../../wire/pool/pool-status.ts';
import type { QuotaNote } from './quota-note.ts';
import { QuotaProbes } from './quota-probes.ts';
import type { FairPQueue } from './waiting-slot.ts';

/** What those hear who have runs. */
export interface PaceListener {
  /** Said anew whenever more is known. */
  ended(quota: Quota): void;
  /** It may be back: who waits for it may try. */
  mayBeBack(): void;
  /** Who waits for it has waited long enough. */
  isHopeless(quota: Quota): void;
  /** The API has limited requests for a while; in words. */
  isSlow(words: string): void;
  /** The API served an agent. */
  served(): void;
}

export interface ApiPaceDeps {
  readonly clock: Clock;
  /** What the broker before this one knew. */
  readonly note: Pick<QuotaNote, 'read' | 'write'>;
  readonly queue: FairPQueue;
  /** Slots that are taken, those that are lent not counted. */
  readonly taken: () => number;
  /** Somebody paused the pool. */
  readonly isPaused: () => boolean;
  /** The queue goes on. */
  readonly goesOn: () => void;
  readonly listener: PaceListener;
}

/** Slower for so long is worth a word in the runs' logs. */
const LASTING_MS = 60_000;
/** The time of day may jump, and a laptop may sleep. */
const LOOK_MS = 60_000;

export class ApiPace {
  readonly #deps: ApiPaceDeps;
  /** When each agent that runs was given its slot. */
  readonly #started = new Map<string, number>();
  readonly #probes: QuotaProbes;
  #pace: Pace;
  #cause: string | null = null;
  #breaker: Breaker = null;
  #isHalfOpen = false;
  #cancelWidening: (() => void) | undefined;
  #slowSince: number | undefined;
  #isLasting = false;
  #cancelOpen = (): void => {};
  #cancelProbe = (): void => {};

  constructor(pace: Pace, deps: ApiPaceDeps) {
    this.#deps = deps;
    this.#pace = pace;
    this.#probes = new QuotaProbes(deps.clock, () => this.apply());
    const { queue, clock, note } = deps;
    const known = note.read(clock.now());
    if (known !== undefined) this.#trip(known, '');
    queue.on('add', () => this.#widen());
    queue.on('next', () => this.#widen());
    this.apply();
  }

  get cap(): number {
    return this.#pace.cap;
  }

  set cap(count: number) {
    this.#pace = capped(this.#pace, count);
    this.apply();
  }

  /** While nothing but bare calls and new runs should start; `undefined`: there is some, as far as is known. */
  get quota(): Quota | undefined {
    return this.#isHalfOpen ? undefined : this.#breaker?.quota;
  }

  get status(): PoolPace {
    const { openAt, ceiling } = this.#pace;
    const { clock, queue } = this.#deps;
    if (this.#breaker !== null) {
      const { resetAt, message } = this.#breaker.quota;
      return { slots: queue.concurrency, until: resetAt, cause: message };
    }
    const leftMs = openAt - clock.monotonicMs();
    const until = leftMs > 0 ? clock.now() + leftMs : null;
    if (until === null && ceiling === null) return { slots: this.#pace.cap, until: null, cause: null };
    return { slots: queue.concurrency, until, cause: this.#cause };
  }

  granted(leaseId: string, isLent: boolean): void {
    this.#started.set(leaseId, this.#deps.clock.monotonicMs());
    if (this.#breaker !== null) this.#probes.add(leaseId, isLent);
  }

  freed(leaseId: string): void {
    this.#started.delete(leaseId);
    this.#probes.delete(leaseId);
    if (this.#breaker !== null) this.apply();
  }

  /** An agent heard it. What concerns its credentials concerns its run alone. */
  pressed(leaseId: string, pressure: Pressure): void {
    if (pressure.kind === 'quota') this.#trip(pressure, leaseId);
    if (pressure.kind === 'limited') this.#slow(leaseId, pressure);
    this.apply();
  }

  served(leaseId: string): void {
    this.#pace = served(this.#pace, this.#deps.clock.monotonicMs());
    if (this.#pace.window >= this.#pace.cap) this.#slowSince = undefined;
    if (this.#slowSince === undefined) this.#isLasting = false;
    this.#deps.listener.served();
    const breaker = this.#breaker;
    if (breaker !== null && closedBy(breaker, leaseId, this.#probes.has(leaseId))) this.#close();
    this.apply();
  }

  stop(): void {
    this.#cancelOpen();
    this.#cancelProbe();
    this.#probes.clear();
    this.#cancelWidening?.();
  }

  /** Of everything that may change it. */
  apply(): void {
    const { queue, clock, isPaused, goesOn } = this.#deps;
    const leftMs = this.#pace.openAt - clock.monotonicMs();
    this.#cancelOpen();
    if (leftMs > 0) this.#cancelOpen = clock.after(Math.ceil(leftMs), () => this.apply());
    const limit = this.#limit();
    if (isPaused() || leftMs > 0) queue.pause();
    if (queue.concurrency !== limit) queue.concurrency = limit;
    if (isPaused() || leftMs > 0 || !queue.isPaused) return;
    queue.start();
    goesOn();
  }

  #limit(): number {
    const all = howMany(this.#pace);
    if (this.#breaker === null) return all;
    return Math.max(1, Math.min(all, this.#deps.taken() - this.#probes.findingOut + 1));
  }

  #slow(agent: string, { status, retryAfterMs }: Extract<Pressure, { kind: 'limited' }>): void {
    const { clock, taken } = this.#deps;
    const startedAt = this.#started.get(agent) ?? Number.NEGATIVE_INFINITY;
    const refusal = { retryAfterMs, agent, startedAt, running: taken() };
    this.#pace = refused(this.#pace, refusal, clock.monotonicMs());
    this.#cause = `the model API limits requests${status === null ? '' : ` (${status})`}`;
    this.#tellIfLasting(retryAfterMs ?? 0);
  }

  /** Once, until the API bears all slots again. */
  #tellIfLasting(pauseMs: number): void {
    const now = this.#deps.clock.monotonicMs();
    this.#slowSince ??= now;
    if (this.#isLasting || Math.max(pauseMs, now - this.#slowSince) < LASTING_MS) return;
    this.#isLasting = true;
    const of = Number.isFinite(this.cap) ? ` of ${this.cap}` : '';
    this.#deps.listener.isSlow(`${this.#cause}: ${howMany(this.#pace)}${of} agents at once`);
  }

  #trip({ resetAt, message }: Quota, by: string): void {
    const { clock, note, listener } = this.#deps;
    this.#breaker = tripped(this.#breaker, {
      quota: { resetAt, message },
      by,
      isProbe: this.#probes.has(by),
      now: clock.now(),
    });
    this.#isHalfOpen = false;
    note.write(this.#breaker.quota);
    this.#lookForReset();
    listener.ended(this.#breaker.quota);
  }

  #close(): void {
    this.#breaker = null;
    this.#isHalfOpen = false;
    this.#probes.clear();
    this.#cancelProbe();
    this.#deps.note.write(undefined);
    this.#deps.listener.mayBeBack();
  }

  #lookForReset(): void {
    this.#cancelProbe();
    if (this.#breaker === null) return;
    const { clock, listener } = this.#deps;
    const breaker = setBack(this.#breaker, clock.now());
    this.#breaker = breaker;
    const at = probeAt(breaker);
    const leftMs = (at ?? Number.POSITIVE_INFINITY) - clock.now();
    if (at === undefined) {
      listener.isHopeless(breaker.quota);
    } else if (leftMs > 0) {
      this.#cancelProbe = clock.after(Math.min(leftMs, LOOK_MS), () => this.#lookForReset());
    } else {
      this.#isHalfOpen = true;
      listener.mayBeBack();
    }
  }

  /** What is known of the API is nothing: a few more at a time. */
  #widen(): void {
    const { queue, clock, taken } = this.#deps;
    const canOpen = this.#pace.isOpening && howMany(this.#pace) < this.#pace.cap;
    if (this.#cancelWidening !== undefined || !canOpen || queue.isPaused) return;
    if (queue.size === 0 || taken() < queue.concurrency) return;
    this.#cancelWidening = clock.after(OPENING_MS, () => {
      this.#cancelWidening = undefined;
      this.#pace = opened(this.#pace);
      this.apply();
      this.#widen();
    });
  }
}
