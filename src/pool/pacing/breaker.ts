/** An account that is used up, as long as nobody has been served since: what is started all the same goes one at a time, to find out. */

export interface Quota {
  /** Milliseconds since the epoch; `null`: nobody said. */
  readonly resetAt: number | null;
  readonly message: string;
}

export interface OpenBreaker {
  readonly quota: Quota;
  /** Leases of those that said so; one that is served after all takes it back. */
  readonly by: ReadonlySet<string>;
  /** When somebody last said so, since the epoch. */
  readonly saidAt: number;
  /** How often probes heard the same since. */
  readonly probes: number;
}

/** `null`: closed. */
export type Breaker = OpenBreaker | null;

export interface Trip {
  readonly quota: Quota;
  readonly by: string;
  readonly isProbe: boolean;
  readonly now: number;
}

/** No account's limit lasts longer. */
export const LONGEST_MS = 32 * 24 * 60 * 60_000;

export function tripped(breaker: Breaker, { quota: told, by, isProbe, now }: Trip): OpenBreaker {
  const quota = believed(told, now);
  if (breaker === null) {
    return { quota, by: new Set([by]), saidAt: now, probes: 0 };
  }
  // The news of one that ran before may be older than what is known.
  const resetAt = isProbe ? quota.resetAt : (quota.resetAt ?? breaker.quota.resetAt);
  return {
    ...breaker,
    quota: { ...quota, resetAt },
    by: new Set([...breaker.by, by]),
    saidAt: now,
    probes: breaker.probes + (isProbe && !breaker.by.has(by) ? 1 : 0),
  };
}

/** An agent says what it likes: a time that is absurd would have everybody wait for good, and no calendar may know it. */
function believed({ resetAt, message }: Quota, now: number): Quota {
  const isPlausible = resetAt !== null && Math.abs(resetAt - now) < LONGEST_MS;
  return { resetAt: isPlausible ? resetAt : null, message };
}

/** The API served that agent: there is quota, unless it had been asked before. */
export function closedBy(breaker: OpenBreaker, by: string, isProbe: boolean): boolean {
  return isProbe || (breaker.by.size === 1 && breaker.by.has(by));
}

/** The time of day was set back: a pause that is known by its length alone begins anew, and grows by no more. */
export function setBack(breaker: OpenBreaker, now: number): OpenBreaker {
  return breaker.saidAt <= now ? breaker : { ...breaker, saidAt: now };
}

/** Clocks differ. */
const SLACK_MS = 5000;
const PROBE_MINUTES = [5, 10, 20, 40];
const LAST_PROBE_MINUTES = 60;
/** With these pauses, for about a day. */
const MOST_PROBES = 26;

/** When those who wait for it try again, since the epoch; `undefined`: they have tried long enough. */
export function probeAt({ quota: { resetAt }, saidAt, probes }: OpenBreaker): number | undefined {
  // One that has passed already was no promise.
  if (resetAt !== null && resetAt + SLACK_MS > saidAt) return resetAt + SLACK_MS;
  if (probes >= MOST_PROBES) return undefined;
  return saidAt + (PROBE_MINUTES[probes] ?? LAST_PROBE_MINUTES) * 60_000;
}
