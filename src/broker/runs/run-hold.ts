/** Why nothing new of a run starts, for as long as there is a reason; and the end of the run where waiting would not help. */

import type { Clock } from '../../core/ports.ts';
import type { HoldCause, RunHeld, RunPause } from '../../core/run.ts';
import type { RunCalls } from './run-calls.ts';
import type { RunParts } from './run-parts.ts';
import type { RunRecords } from './run-records.ts';

export interface RunHoldDeps {
  readonly parts: Pick<RunParts, 'runId'>;
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
  /** Of those causes, which is to end the run. */
  readonly #ending = new Map<HoldCause, RunPause>();

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
    this.#sayReleased();
    if (this.#causes.size === 0) this.#deps.calls.release();
    this.#deps.tell(this.status);
    return true;
  }

  /** `said`: what the last broker had said that holds it, to the journal and to its owner. */
  takenUp(said: HoldCause | undefined): void {
    if (said === undefined || this.#causes.has(said)) return;
    this.#sayReleased();
    this.#deps.tell(this.status);
  }

  #sayReleased(): void {
    this.#deps.records.append({ type: 'released', at: this.#deps.clock.now() });
    // What still holds it is said anew: whoever reads the journal keeps no list of causes.
    for (const [other, resetAt] of this.#causes) this.#record(other, resetAt);
  }

  /**
   * What runs may finish; then `end` is called with what was said last, unless the cause went away meanwhile. `stalled`: not
   * before a call waits, for a run that wants no more of its agents comes to its own end.
   */
  async toEnd(
    pause: RunPause,
    end: (pause: RunPause) => void,
    when: 'quiet' | 'stalled' = 'quiet',
  ): Promise<void> {
    this.hold(pause.cause, pause.resetAt);
    const isKnown = this.#ending.has(pause.cause);
    this.#ending.set(pause.cause, pause);
    this.refuseNested();
    if (isKnown) return;
    await this.#deps.calls.comesTo(when);
    const last = this.#ending.get(pause.cause) ?? pause;
    this.#ending.delete(pause.cause);
    if (this.#causes.has(pause.cause)) end(last);
  }

  #record(cause: HoldCause, resetAt: number | null): void {
    this.#deps.records.append({ type: 'held', cause, resetAt, at: this.#deps.clock.now() });
  }

  /** What waits below an agent of the run that runs would keep that one, and so the run, from ending. */
  refuseNested(): void {
    const pause = [...this.#ending.values()].find(({ cause }) => this.#causes.has(cause));
    if (pause === undefined) return;
    const { calls, parts } = this.#deps;
    const held = new Set(calls.all.flatMap(({ leaseId }) => leaseId ?? []));
    for (const entry of calls.all) {
      const { parent } = entry.wish;
      // Of a run that an agent of another one began, no call is such: it ends by itself.
      if (entry.state !== 'waiting' || parent === undefined || !held.has(parent)) continue;
      calls.drop(entry);
      const why = { kind: 'paused', pause } as const;
      entry.client.send({ type: 'stop', runId: parts.runId, call: entry.call.id, why });
    }
  }
}
