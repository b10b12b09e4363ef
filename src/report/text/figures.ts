/** Figures as people read them: two or three digits that count, and a unit. */

/** `0.4s`, `12s`, `3m 05s`, `1h 02m`. A clock that was set back gives `0.0s`, not a negative time. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  return seconds < 9.95 ? `${seconds.toFixed(1)}s` : wholeSecondsText(Math.round(seconds));
}

/** Time that still runs, in whole seconds: a figure redrawn ten times a second must not flicker. */
export function elapsedText(ms: number): string {
  return wholeSecondsText(Math.floor(Math.max(0, ms) / 1000));
}

function wholeSecondsText(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${twoDigits(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** `812`, `12.3k`, `123k`, `1.2M`. */
export function tokensText(tokens: number): string {
  if (tokens < 1000) return String(Math.round(tokens));
  if (tokens < 999_500) return `${threeDigits(tokens / 1e3)}k`;
  if (tokens < 999_500_000) return `${threeDigits(tokens / 1e6)}M`;
  return `${threeDigits(tokens / 1e9)}G`;
}

function threeDigits(value: number): string {
  return value < 99.95 ? value.toFixed(1) : String(Math.round(value));
}

/** `$1.23`, `$0.0042`; `null` is a call that named no price, which is not the same as free. */
export function dollarsText(costUsd: number | null): string {
  if (costUsd === null) return 'unpriced';
  if (costUsd === 0 || costUsd >= 0.00995) return `$${costUsd.toFixed(2)}`;
  return costUsd < 0.00005 ? '<$0.0001' : `$${costUsd.toFixed(4)}`;
}

/** `1 call`, `37 calls`, `1,000 calls`. */
export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${wholeText(count)} ${count === 1 ? singular : plural}`;
}

/** `1,000`, the same in every locale: logs are compared. */
export function wholeText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `0.4 MB`: of what lies on a disk, in millions of bytes. */
export function megabytesText(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `× 37`. */
export function timesText(count: number): string {
  return `× ${wholeText(count)}`;
}

/** `2026-11-22T16:41:00Z`: the same in every time zone. The furthest dates JavaScript knows are the bounds. */
export function timeText(at: number): string {
  return Math.abs(at) > 8.64e15 ? 'an unknown time' : new Date(at).toISOString().replace('.000Z', 'Z');
}
