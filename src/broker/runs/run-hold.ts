/** Why nothing new of a run starts, for as long as there is a reason; and the end of the run where waiting would not help. */

import type { Clock } from '../../core/ports.ts';
import type { HoldCause, RunHeld, RunPause } from '../../core/run.ts';
import type { RunCalls } from './run-calls.ts';
import type { RunRecords } from './run-records.ts';

export interface RunHoldDeps {
  readonly calls: RunCalls;
  readonly records: RunRecords;
  readonly clock: Clock;
  /** What holds it now is another than before. */
  readonly tell: (held: RunHeld | null) => void;
}

export class RunHold {
  readonly #deps: RunHoldDeps;
  /** With the time at which each is over, as far as is known. The run goes on when there is none left. */
  readonly #causes = new Map<HoldCause, number | null>();
  #isEnding = false;

  /** `byPerson`: somebody paused it when another broker had it, and nobody had it go on since. */
  constructor(deps: RunHoldDeps, byPerson: boolean) {
    this.#deps = deps;
    if (!byPerson) return;
    this.#causes.set('person', null);
    deps.calls.hold();
  }

  /** The first that came. */
  get status(): RunHeld | null {
    for (const [cause, resetAt] of this.#causes) return { cause, resetAt };
    return null;
  }

  /** `false`: that cause held it already. */
  hold(cause: HoldCause, resetAt: number | null): boolean {
    const known = this.#causes.get(cause);
    if (known !== undefined && known === resetAt) return false;
    this.#causes.set(cause, resetAt);
    this.#record(cause, resetAt);
    this.#deps.calls.hold();
    this.#deps.tell(this.status);
    return known === undefined;
  }

  /** `false`: that cause did not hold it. */
  release(cause: HoldCause): boolean {
    if (!this.#causes.delete(cause)) return false;
    this.#deps.records.append({ type: 'released', at: this.#deps.clock.now() });
    // What still holds it is said anew: whoever reads the journal keeps no list of causes.
    for (const [other, resetAt] of this.#causes) this.#record(other, resetAt);
    if (this.#causes.size === 0) this.#deps.calls.release();
    this.#deps.tell(this.status);
    return true;
  }

  /** What runs may finish; then `end` is called, unless the cause went away meanwhile. */
  async toEnd(pause: RunPause, end: () => void): Promise<void> {
    this.hold(pause.cause, pause.resetAt);
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#deps.calls.quiet();
    this.#isEnding = false;
    if (this.#causes.has(pause.cause)) end();
  }

  #record(cause: HoldCause, resetAt: number | null): void {
    this.#deps.records.append({ type: 'held', cause, resetAt, at: this.#deps.clock.now() });
  }
}
