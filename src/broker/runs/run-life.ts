/**
 * Ends the agents of a run whose owner is there but frozen (SIGSTOP, a debugger): what it had to keep alive elsewhere is
 * somebody else's by now, and its own agents would work beside those.
 */
import type { Clock } from '../../core/ports.ts';
import type { RunCalls } from './run-calls.ts';

export interface RunLifeDeps {
  /** The owner has to be heard of so often; `undefined`: it may be silent. */
  readonly silentMs: number | undefined;
  readonly calls: RunCalls;
  readonly clock: Clock;
  /** In the run's log. */
  readonly say: (text: string) => void;
}

export class RunLife {
  readonly #deps: RunLifeDeps;
  #cancel = (): void => {};

  constructor(deps: RunLifeDeps) {
    this.#deps = deps;
    this.heard();
  }

  /** The owner lives. Its calls stay its own, also those whose agents were ended: it settles them when it goes on. */
  heard(): void {
    const { silentMs, calls, clock, say } = this.#deps;
    this.#cancel();
    if (silentMs === undefined) return;
    this.#cancel = clock.after(silentMs, () => {
      const held = calls.all.filter(({ leaseId }) => leaseId !== undefined);
      if (held.length === 0) return;
      say(`nothing was heard of the run's owner for ${silentMs / 1000} s: its agents are ended`);
      for (const entry of held) calls.endAgent(entry);
    });
  }

  stop(): void {
    this.#cancel();
  }
}
