/** A run that is stopped: its clients end what it has, and the broker what they do not. A run of the day goes on afterwards. */
import type { Clock } from '../../core/ports.ts';
import type { StopReason } from '../../wire/pool/run-order.ts';
import type { Client } from '../client-port.ts';
import type { RunCalls } from './run-calls.ts';
import { END_MS } from './steer-call.ts';

export interface RunStopDeps {
  readonly runId: string;
  /** What the day has left to bring is not stopped with what it had. */
  readonly standing: boolean;
  readonly calls: RunCalls;
  readonly clock: Clock;
  /** All who have it open. */
  readonly clients: () => readonly (Client | undefined)[];
}

export class RunStop {
  readonly #deps: RunStopDeps;
  #isStopped = false;

  constructor(deps: RunStopDeps) {
    this.#deps = deps;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** `by`: knows already. `false`: it was stopped before. */
  stop(by: Client | undefined, why: StopReason): boolean {
    if (this.#isStopped) return false;
    this.#isStopped = true;
    const { runId, standing, calls, clock, clients } = this.#deps;
    for (const client of clients()) {
      if (client !== by) client?.send({ type: 'stop', runId, call: 0, why });
    }
    for (const { client, call, state } of calls.all) {
      if (state !== 'ending') client.send({ type: 'stop', runId, call: call.id, why });
    }
    for (const { waiting } of calls.all) waiting?.cancel();
    const cancel = clock.after(END_MS, () => {
      for (const entry of calls.all) calls.abandon(entry);
    });
    if (standing) {
      void calls.drained().then(() => {
        cancel();
        this.#isStopped = false;
      });
    }
    return true;
  }
}
