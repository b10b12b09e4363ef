/** A time as its distance from now: the same in every time zone, and what one asks of a list of runs. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAYS_COUNTED = 14;

/** `just now`, `5m ago`, `3h ago`, `2d ago`; after two weeks the date, in UTC. */
export function agoText(at: number, now: number): string {
  const agoMs = now - at;
  if (agoMs < MINUTE_MS) return 'just now';
  if (agoMs < HOUR_MS) return `${Math.floor(agoMs / MINUTE_MS)}m ago`;
  if (agoMs < DAY_MS) return `${Math.floor(agoMs / HOUR_MS)}h ago`;
  if (agoMs < DAYS_COUNTED * DAY_MS) return `${Math.floor(agoMs / DAY_MS)}d ago`;
  return new Date(at).toISOString().slice(0, 10);
}
