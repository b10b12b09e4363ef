/**
 * How many calls this host's pool has room for. Its slots are everybody's on this machine: what was taken and gets none
 * within a while goes back to the queue, where another host may have one free.
 */
import type { Clock } from '../../core/ports.ts';

/** Longer than a pool takes that opens step by step. */
export const WAIT_MS = 10_000;
/** Time for another host to take what was given back. */
export const AWAY_MS = 1000;
/** Who had its slot by then met a pool that has more of them. */
const SOON_MS = 1000;

export interface TakenPlace {
  /** It has its slot. */
  started(): void;
  over(): void;
}

export class PoolRoom {
  readonly #slots: number;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** Of those that wait for a slot: gives each back. */
  readonly #waiting = new Set<() => void>();
  #started = 0;
  /** So many more than have their slots. */
  #spare: number;
  #isAway = false;
  #cancel = (): void => {};

  constructor(slots: number, clock: Clock, changed: () => void) {
    this.#slots = slots;
    this.#clock = clock;
    this.#changed = changed;
    this.#spare = slots;
  }

  get count(): number {
    return Math.min(this.#slots, this.#started + (this.#isAway ? 0 : this.#spare));
  }

  get started(): number {
    return this.#started;
  }

  /** `giveBack` is called when it has waited too long, and not once it has started. */
  taken(giveBack: () => void): TakenPlace {
    const takenMs = this.#clock.monotonicMs();
    let state: 'waiting' | 'started' | 'over' = 'waiting';
    const back = (): void => {
      this.#waiting.delete(back);
      cancel();
      giveBack();
    };
    const cancel = this.#clock.after(WAIT_MS, () => {
      back();
      this.#full();
    });
    this.#waiting.add(back);
    return {
      started: () => {
        if (state !== 'waiting') return;
        state = 'started';
        this.#waiting.delete(back);
        cancel();
        this.#started += 1;
        const wasSoon = this.#clock.monotonicMs() - takenMs < SOON_MS;
        if (wasSoon) this.#spare = Math.min(this.#slots, this.#spare * 2);
        this.#changed();
      },
      over: () => {
        this.#waiting.delete(back);
        cancel();
        if (state === 'started') this.#started -= 1;
        state = 'over';
        this.#changed();
      },
    };
  }

  /** Nothing starts for now. */
  giveBackWaiting(): void {
    for (const back of [...this.#waiting]) back();
  }

  stop(): void {
    this.#cancel();
  }

  #full(): void {
    this.#spare = 1;
    this.#isAway = true;
    this.#cancel();
    this.#cancel = this.#clock.after(AWAY_MS, () => {
      this.#isAway = false;
      this.#changed();
    });
    this.#changed();
  }
}
