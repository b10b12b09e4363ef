/** When something of a server is looked at again, of which that tells news, as a rule. */
import type { Clock } from '../core/ports.ts';

/** The engine tells what happens; what it failed to tell is found so. */
export const LOOK_MS = 10_000;
/** While somebody waits for the end of an agent, or the server is away. And at first, then at twice that each time: an engine that has just begun to listen misses things. */
export const SOON_MS = 1000;

export class NextLook {
  readonly #clock: Clock;
  #ms = SOON_MS;
  #wake = (): void => {};
  #isAwake = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There is something to be seen; also while nobody waits for it. */
  wake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  async wait(isUrgent: boolean): Promise<void> {
    const ms = isUrgent ? SOON_MS : this.#ms;
    if (!isUrgent) this.#ms = Math.min(this.#ms * 2, LOOK_MS);
    let cancel = (): void => {};
    if (!this.#isAwake) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        cancel = this.#clock.after(ms, resolve);
      });
    }
    cancel();
    this.#isAwake = false;
  }
}
