/** Lets calls through one by one, and none while memory is short: an agent that has just started has not taken its own yet. */
import type { Clock } from '../../core/ports.ts';
import { elapsed } from '../../wire/waiting.ts';

const LOOK_MS = 500;
/** Between two that are let through. */
const APART_MS = 250;

export interface MemoryGateDeps {
  readonly clock: Clock;
  readonly availableBytes: () => number;
  /** While nothing runs there is nothing to wait for: one call always may. */
  readonly isAnyRunning: () => boolean;
}

export class MemoryGate {
  minFreeBytes: number | null = null;
  readonly #deps: MemoryGateDeps;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: MemoryGateDeps) {
    this.#deps = deps;
  }

  /** Resolves when it may start, or when it is no longer wanted. First come, first served. */
  pass(isWanted: () => boolean): Promise<void> {
    const mine = this.#last.then(() => this.#wait(isWanted));
    this.#last = mine.then(() => this.#apart());
    return mine;
  }

  async #wait(isWanted: () => boolean): Promise<void> {
    while (isWanted() && this.#isShort()) await elapsed(this.#deps.clock, LOOK_MS);
  }

  #isShort(): boolean {
    const { minFreeBytes } = this;
    if (minFreeBytes === null || !this.#deps.isAnyRunning()) return false;
    return this.#deps.availableBytes() < minFreeBytes;
  }

  async #apart(): Promise<void> {
    if (this.minFreeBytes !== null) await elapsed(this.#deps.clock, APART_MS);
  }
}
