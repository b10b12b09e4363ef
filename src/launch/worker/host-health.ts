/**
 * A host on which no agent can be started fails calls faster than any other runs them: after a few in a row it takes none
 * for a while, then one at a time to find out, after ever longer pauses.
 */
import type { Outcome } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import { pressureOf } from '../../pool/pacing/pressure-of.ts';

/** In a row, with no agent that was served in between. */
const MOST_FAULTS = 3;
const FIRST_REST_MS = 5000;
const LONGEST_REST_MS = 60_000;

/** Why no other call would fare better here; `undefined`: the call's own end. `now`: since the epoch. */
export function hostFaultOf(outcome: Outcome, now: number): string | undefined {
  if (outcome.kind === 'reply') return undefined;
  // No working tree could be made: a disk that is full, a git that is missing.
  if (outcome.reason === 'spawn-failed' || outcome.reason === 'worktree-failed') return outcome.message;
  return pressureOf(outcome, now)?.kind === 'credentials' ? outcome.message : undefined;
}

export interface HealthDeps {
  readonly clock: Clock;
  readonly changed: () => void;
  /** For a person. */
  readonly said: (text: string) => void;
}

export class HostHealth {
  readonly #deps: HealthDeps;
  #faults = 0;
  #rests = 0;
  #isResting = false;
  #cancel = (): void => {};

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** `doubtful`: one call at a time, to find out. */
  get state(): 'well' | 'doubtful' | 'resting' {
    if (this.#isResting) return 'resting';
    return this.#rests > 0 ? 'doubtful' : 'well';
  }

  served(): void {
    const wasUnwell = this.#rests > 0;
    this.#faults = 0;
    this.#rests = 0;
    if (!wasUnwell) return;
    this.#cancel();
    this.#isResting = false;
    this.#deps.said('agents run on this host again');
    this.#deps.changed();
  }

  failed(why: string): void {
    this.#faults += 1;
    // Of those that were under way when the rest began, each says the same.
    if (this.#faults < MOST_FAULTS || this.#isResting) return;
    const ms = Math.min(FIRST_REST_MS * 2 ** this.#rests, LONGEST_REST_MS);
    this.#rests += 1;
    this.#isResting = true;
    const { clock, said, changed } = this.#deps;
    said(
      `${this.#faults} agents in a row could not run on this host (${why}): it takes no calls for ${ms / 1000} s`,
    );
    this.#cancel = clock.after(ms, () => {
      this.#isResting = false;
      changed();
    });
    changed();
  }

  stop(): void {
    this.#cancel();
  }
}
