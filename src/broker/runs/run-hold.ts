/** Why nothing new of a run starts, for as long as there is a reason; and the end of the run where waiting would not help. */

import type { Clock } from '../../core/ports.ts';
import type { HoldCause, RunPause } from '../../core/run.ts';
import type { PoolRunStatus } from '../../wire/pool-status.ts';
import type { RunCalls } from './run-calls.ts';
import type { RunRecords } from './run-records.ts';

export interface RunHoldDeps {
  readonly calls: RunCalls;
  readonly records: RunRecords;
  readonly clock: Clock;
}

export class RunHold {
  readonly #deps: RunHoldDeps;
  /** With the time at which each is over, as far as is known. The run goes on when there is none left. */
  readonly #causes = new Map<HoldCause, number | null>();
  #isEnding = false;

  constructor(deps: RunHoldDeps) {
    this.#deps = deps;
  }

  /** The first that came. */
  get status(): PoolRunStatus['held'] {
    for (const [cause, resetAt] of this.#causes) return { cause, resetAt };
    return null;
  }

  hold(cause: HoldCause, resetAt: number | null): void {
    const known = this.#causes.get(cause);
    this.#causes.set(cause, resetAt);
    if (known !== undefined && known === resetAt) return;
    this.#deps.records.append({ type: 'held', cause, resetAt, at: this.#deps.clock.now() });
    this.#deps.calls.hold();
  }

  release(cause: HoldCause): void {
    if (!this.#causes.delete(cause) || this.#causes.size > 0) return;
    this.#deps.records.append({ type: 'released', at: this.#deps.clock.now() });
    this.#deps.calls.release();
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
}
