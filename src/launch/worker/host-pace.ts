/**
 * How many calls this host takes at once while agents of other hosts are refused. Those hosts slow down by as much as they
 * hear; this one by a little, and grows back as its own agents are served. A limit that lasts is heard again.
 */
import type { Clock } from '../../core/ports.ts';
import { howMany, openPace, type Pace, refused, served } from '../../pool/pacing/pacer.ts';

/** When the API does not say for how long. */
const PAUSE_MS = 5000;
/** However many are refused on however many hosts, it is one refusal here. */
const SOMEBODY = 'elsewhere';

export class HostPace {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #pace: Pace;
  #cancel = (): void => {};

  constructor(slots: number, clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    this.#pace = openPace(slots);
  }

  get count(): number {
    return this.#leftMs > 0 ? 0 : howMany(this.#pace);
  }

  /** `running`: agents of the queue on this host. */
  limitedElsewhere(retryAfterMs: number | null, running: number): void {
    const before = Number.NEGATIVE_INFINITY;
    const refusal = { retryAfterMs: retryAfterMs ?? PAUSE_MS, agent: SOMEBODY, startedAt: before, running };
    const slower = refused(this.#pace, refusal, this.#clock.monotonicMs());
    // None here was too many: a host that is idle learns for how long alone.
    this.#pace = running === 0 ? { ...this.#pace, openAt: slower.openAt } : slower;
    this.#cancel();
    this.#cancel = this.#clock.after(Math.ceil(Math.max(0, this.#leftMs)), this.#changed);
    this.#changed();
  }

  /** The API served an agent of this host. */
  served(): void {
    this.#pace = served(this.#pace, this.#clock.monotonicMs());
    this.#changed();
  }

  stop(): void {
    this.#cancel();
  }

  get #leftMs(): number {
    return this.#pace.openAt - this.#clock.monotonicMs();
  }
}
