/** What a run makes of limits, a used-up account and refused credentials: it waits, or ends so that it can go on later; its calls have not failed. */
import type { Outcome, Pressure } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import type { RunPause } from '../../core/run.ts';
import type { Quota } from '../../pool/pacing/breaker.ts';
import { pressureOf, wasServed } from '../../pool/pacing/pressure-of.ts';
import type { SetbackCause } from '../../wire/records/record.ts';
import type { ApiPace } from '../slots/api-pace.ts';
import type { SlotPool } from '../slots/slot-pool.ts';
import type { RunCall } from './run-call.ts';
import type { RunCalls } from './run-calls.ts';
import type { RunHold } from './run-hold.ts';
import type { RunParts } from './run-parts.ts';

export interface RunPressureDeps {
  readonly parts: Pick<
    RunParts,
    'standing' | 'waitsForQuota' | 'waitsForCredentials' | 'heldBy' | 'elsewhere'
  >;
  readonly calls: RunCalls;
  /** In the run's log, and to whoever watches. */
  readonly say: (text: string) => void;
  readonly hold: RunHold;
  readonly slots: SlotPool;
  readonly clock: Clock;
  /** Ends the run as `paused`. */
  readonly end: (pause: RunPause) => void;
}

/** So often a call is put back for limits, and nobody in the pool was served meanwhile: the API serves nobody. */
const MOST_LIMITED = 5;
/** So often for credentials, and others of its run were served with them meanwhile: it is refused for its own sake. */
const MOST_REFUSED = 3;

export class RunPressure {
  readonly #deps: RunPressureDeps;
  /** How often each call was put back for limits since anybody was served. */
  readonly #limited = new Map<number, number>();
  readonly #refused = new Map<number, number>();

  constructor(deps: RunPressureDeps) {
    this.#deps = deps;
  }

  get #pace(): ApiPace {
    return this.#deps.slots.paceOf(this.#deps.parts.elsewhere);
  }

  /** An agent heard it, and runs on. */
  heard(entry: RunCall, pressure: Pressure): void {
    // Whether that one is refused for its own sake is seen when it settles.
    const isOdd = (this.#refused.get(entry.call.id) ?? 0) >= MOST_REFUSED - 1;
    if (pressure.kind !== 'credentials' || !isOdd) this.#hear(entry, pressure);
  }

  #hear({ leaseId }: RunCall, pressure: Pressure): void {
    if (leaseId === undefined) return;
    this.#pace.pressed(leaseId, pressure);
    if (pressure.kind === 'credentials') this.#credentials(pressure.message);
  }

  /** An agent has ended so. Why its call has not, if that is so. */
  settled(entry: RunCall, outcome: Outcome): SetbackCause | undefined {
    const { clock } = this.#deps;
    const { leaseId } = entry;
    if (leaseId === undefined) return undefined;
    const pressure = pressureOf(outcome, clock.now());
    if (pressure === undefined) {
      if (!wasServed(outcome)) return undefined;
      this.#refused.delete(entry.call.id);
      this.#deps.hold.release('credentials');
      this.#pace.served(leaseId);
      return undefined;
    }
    const { kind } = pressure;
    if (kind === 'credentials' && countIn(this.#refused, entry) >= MOST_REFUSED) return undefined;
    this.#hear(entry, pressure);
    if (kind === 'limited' && countIn(this.#limited, entry) >= MOST_LIMITED) {
      const message = `no agent was served in ${MOST_LIMITED} attempts: ${messageOf(outcome)}`;
      this.#pace.pressed(leaseId, { kind: 'quota', resetAt: null, message });
    }
    return kind;
  }

  quotaEnded({ resetAt, message }: Quota): void {
    const { parts, hold, clock } = this.#deps;
    // Bare calls are let through, one at a time: whoever makes them hears it from the program itself.
    if (parts.standing) return;
    if (parts.waitsForQuota) {
      hold.hold('quota', resetAt);
      return;
    }
    const when = resetAt === null || resetAt < clock.now() ? '' : `; there is more at ${timeText(resetAt)}`;
    this.#deps.end({ cause: 'quota', resetAt, message: `${message}${when}` });
  }

  /** After a broker's death, from which only the quota is known. What was not held for it finds out for itself, as it did before. */
  takenUp(): void {
    const { parts, hold } = this.#deps;
    const { quota } = this.#pace;
    if (quota !== undefined && parts.heldBy.includes('quota')) this.quotaEnded(quota);
    hold.takenUp(parts.heldBy.at(-1));
  }

  quotaMayBeBack(): void {
    this.#deps.hold.release('quota');
  }

  isHopeless({ resetAt, message }: Quota): void {
    if (this.#deps.parts.waitsForQuota) this.#deps.end({ cause: 'quota', resetAt, message });
  }

  isSlow(words: string): void {
    if (this.#deps.calls.size > 0) this.#deps.say(words);
  }

  served(): void {
    this.#limited.clear();
  }

  #credentials(said: string): void {
    if (this.#deps.parts.waitsForCredentials) return;
    const message = `the model API refuses the credentials: ${said}`;
    this.#deps.end({ cause: 'credentials', resetAt: null, message });
  }
}

function countIn(counts: Map<number, number>, { call }: RunCall): number {
  const count = (counts.get(call.id) ?? 0) + 1;
  counts.set(call.id, count);
  return count;
}

function messageOf(outcome: Outcome): string {
  return outcome.kind === 'failure' ? outcome.message : '';
}

/** To the minute, for whoever reads it anywhere. */
function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
