/** The calls of a run that wait for a place: no file tells of them, so they are known where a broker answers. */
import { neverStartedEvent, type RunEvent } from '../../core/progress.ts';
import type { RunView } from '../../report/progress/run-view.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';

export class WaitingCalls {
  readonly #runId: string;
  /** Told as waiting, and not named by the broker the last time: the journal may be about to tell why. */
  #missing = new Set<number>();

  constructor(runId: string) {
    this.#runId = runId;
  }

  /** What the broker's answer adds to what the files told so far. */
  events(status: PoolStatus, view: RunView, at: number): RunEvent[] {
    const calls = status.runs.find(({ runId }) => runId === this.#runId)?.calls ?? [];
    const queued = calls
      .filter(({ call, state }) => state === 'waiting' && !view.calls.has(call))
      .map(({ call, label, phase, workflow, model, since }): RunEvent => {
        return { type: 'call_queued', call, label, phase, workflow, model, at: since };
      });
    return [...queued, ...this.#gone(new Set(calls.map(({ call }) => call)), view, at)];
  }

  /** A call that gives up its place before it starts leaves no record. */
  #gone(named: ReadonlySet<number>, view: RunView, at: number): RunEvent[] {
    const before = this.#missing;
    this.#missing = new Set();
    const gone: RunEvent[] = [];
    if (view.counts.queued === 0) return gone;
    for (const { id, label, state } of view.calls.values()) {
      if (state !== 'queued' || named.has(id)) continue;
      if (before.has(id)) gone.push(neverStartedEvent({ id, label }, at));
      else this.#missing.add(id);
    }
    return gone;
  }
}
