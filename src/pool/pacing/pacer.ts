/**
 * How many agents may run at once and when the next may start, given what they hear of the model API. As for packets in a
 * network: fewer at once by a factor when the API refuses, one more at a time when it serves; slowly where it last
 * refused, quickly elsewhere. Times are monotonic milliseconds, handed in.
 */

export interface Pace {
  /** The pool's own slots: never more. */
  readonly cap: number;
  /** How many at once the API bears, as far as is known; grows by fractions. */
  readonly window: number;
  /** So many were too many when it last refused one; `null`: it never has, or that is long past. */
  readonly ceiling: number | null;
  /** Nothing new starts before: the API wants to hear of nobody. */
  readonly openAt: number;
  /** Refusals since the API last served somebody. */
  readonly refusals: number;
  readonly crowd: Crowd | null;
  /** When the window last changed. */
  readonly changedAt: number;
  /** It has refused nobody so far: the window opens by itself, step by step. */
  readonly isOpening: boolean;
}

/** Those that ran together when one of them was refused: what the others hear is the same news. */
interface Crowd {
  readonly size: number;
  readonly refused: ReadonlySet<string>;
  readonly at: number;
}

export interface Refusal {
  /** Of the API; `null`: it did not say. */
  readonly retryAfterMs: number | null;
  /** Lease of the agent that heard it. */
  readonly agent: string;
  /** When that was given its slot. */
  readonly startedAt: number;
  /** Agents that run. */
  readonly running: number;
}

/** So many start at once where nothing is known; then one more, or an eighth more, after each such time: what is refused at all is refused by then. */
const FIRST_AT_ONCE = 4;
export const OPENING_MS = 150;
const OPENING_SHARE = 1 / 8;
/** What is left after a refusal. Half, as in a network, would leave a good part of the API idle: its limits do not move as a network's do. */
const CUT = 0.85;
/** However many of one crowd are refused: a burst says less than what comes after it. */
const DEEPEST_CUT = 1 / 3;
/** Of an agent that was there before a cut, a refusal is news again after so long. */
const SAME_CROWD_MS = 15_000;
/** Where so many were too many, one more is tried so many times more slowly. */
const CAUTION = 16;
/** When nothing is said of how long to wait: doubled with each refusal in a row. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** An API that asks for more has no quota left: the breaker's part. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000;
/** However long agents take, a minute without a refusal is worth one more at once. */
const QUIET_MS = 60_000;

export function newPace(cap: number): Pace {
  const never = Number.NEGATIVE_INFINITY;
  const window = Math.min(cap, FIRST_AT_ONCE);
  const nothing = { ceiling: null, openAt: never, refusals: 0, crowd: null, changedAt: never };
  return { cap, window, ...nothing, isOpening: true };
}

/** Of what opens by itself elsewhere: all of it from the start. */
export function openPace(cap: number): Pace {
  return { ...newPace(cap), window: cap, isOpening: false };
}

/** How many may run at once, from 1. */
export function howMany({ window, cap }: Pace): number {
  return Math.max(1, Math.min(cap, Math.floor(window)));
}

/** Another cap: what was learnt of the API holds. */
export function capped(pace: Pace, cap: number): Pace {
  const isOpening = pace.ceiling === null;
  const window = isOpening ? Math.max(pace.window, FIRST_AT_ONCE) : pace.window;
  return { ...pace, cap, window: Math.min(window, cap), isOpening };
}

/** All that may run do, others wait, and `OPENING_MS` have passed. */
export function opened(pace: Pace): Pace {
  const { window, cap, isOpening } = pace;
  if (!isOpening) return pace;
  return { ...pace, window: Math.min(cap, window + Math.max(1, window * OPENING_SHARE)) };
}

/** The API refused an agent, which may try again by itself. */
export function refused(pace: Pace, refusal: Refusal, now: number): Pace {
  const refusals = pace.refusals + 1;
  const openAt = Math.max(pace.openAt, now + pauseMs(refusal.retryAfterMs, refusals));
  const crowd = crowdOf(pace.crowd, refusal, now);
  // Those that were not refused are as many as the API bears.
  const borne = Math.max(crowd.size - crowd.refused.size, crowd.size * DEEPEST_CUT, 1);
  const window = Math.max(1, Math.min(pace.window, borne, crowd.size * CUT));
  return { ...pace, openAt, refusals, crowd, window, ceiling: borne + 1, changedAt: now, isOpening: false };
}

function crowdOf(known: Crowd | null, { agent, startedAt, running }: Refusal, now: number): Crowd {
  const isSame = known !== null && startedAt <= known.at && now - known.at < SAME_CROWD_MS;
  if (!isSame) return { size: Math.max(1, running), refused: new Set([agent]), at: now };
  return { ...known, refused: new Set([...known.refused, agent]) };
}

/** The API served an agent whole. */
export function served(pace: Pace, now: number): Pace {
  const { window, cap, ceiling } = pace;
  if (window >= cap) return { ...pace, ceiling: null, refusals: 0 };
  if (pace.isOpening) return { ...pace, window: Math.min(cap, window + 1) };
  const isCareful = ceiling !== null && window + 1 >= ceiling;
  const step = Math.max(
    1 / (window * (isCareful ? CAUTION : 1)),
    Math.min(1, (now - pace.changedAt) / QUIET_MS),
  );
  const isPast = ceiling !== null && window >= ceiling + 1;
  return {
    ...pace,
    window: Math.min(cap, window + step),
    ceiling: isPast ? null : ceiling,
    refusals: 0,
    changedAt: now,
  };
}

function pauseMs(retryAfterMs: number | null, refusals: number): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(refusals - 1, 10), LONGEST_PAUSE_MS);
}
