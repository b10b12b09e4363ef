/** Values that options take as text; yargs' own numbers would let `--concurrency 2x` and `0x10` through. */
import { UserError } from '../../core/exit.ts';

/** `k=v`, split at the first `=`. */
export function pairOf(option: string, text: string, form: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UserError(`${option} ${JSON.stringify(text)}: expected ${form}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** A whole number above 0. */
export function countOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UserError(`${option} ${JSON.stringify(text)}: expected a whole number above 0`);
}

/** US dollars above 0: `5`, `0.50`. */
export function dollarsOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const dollars = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (Number.isFinite(dollars) && dollars > 0) return dollars;
  throw new UserError(`${option} ${JSON.stringify(text)}: expected US dollars above 0, as in 5 or 0.50`);
}

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;
/** Node's timers hold no more: one that is set beyond it goes off at once. */
const LONGEST_MS = 24 * UNIT_MS.d;

/** A number above 0. */
export function secondsOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  const isTooLong = seconds * 1000 > LONGEST_MS;
  if (seconds > 0 && !isTooLong) return seconds;
  const expected = isTooLong ? `at most ${LONGEST_MS / 1000} seconds (24 days)` : 'seconds above 0';
  throw new UserError(`${option} ${JSON.stringify(text)}: expected ${expected}`);
}

/** Milliseconds: `90m`, `2h30m`, `45s`, or seconds without a unit. */
export function spanOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = /^\d+$/.test(text)
    ? [`${text}s`]
    : (/^(\d+[dhms])+$/.exec(text)?.[0].match(/\d+[dhms]/g) ?? []);
  const ms = parts.reduce(
    (sum, part) => sum + Number(part.slice(0, -1)) * UNIT_MS[part.slice(-1) as keyof typeof UNIT_MS],
    0,
  );
  if (ms > 0 && ms <= LONGEST_MS) return ms;
  const expected = ms > LONGEST_MS ? 'at most 24 days' : 'a time above 0, as in 90m, 2h30m or 3600 (seconds)';
  throw new UserError(`${option} ${JSON.stringify(text)}: expected ${expected}`);
}

/** Anything but nothing: `--model "$MODEL"` with the variable unset is a mistake. */
export function wordOf(option: string, text: string | undefined): string | undefined {
  if (text !== '') return text;
  throw new UserError(`${option} "": expected a name; leave the flag out for the default`);
}

const UNIT_BYTES = { K: 1e3, M: 1e6, G: 1e9 } as const;

/** Bytes of `500M`, `1.5G`: above 0. `or`: what else may be said there, for the message. */
export function sizeOf(option: string, text: string, or = ''): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([KMG])$/.exec(text) ?? [];
  const bytes = Math.round(Number(count) * UNIT_BYTES[unit as keyof typeof UNIT_BYTES]);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new UserError(`${option} ${JSON.stringify(text)}: expected a size, as in 500M or 2G${or}`);
}

const AGE_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** Milliseconds of `30m`, `12h`, `30d`, `8w`. */
export function ageOf(option: string, text: string): number {
  const [, count, unit] = /^(\d+)([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * AGE_MS[unit as keyof typeof AGE_MS];
  throw new UserError(
    `${option} ${JSON.stringify(text)}: expected minutes, hours, days or weeks, as in 30m, 12h, 30d, 8w`,
  );
}

/** Milliseconds since the epoch of an age, `30d`, or of a date, `2026-11-22` (UTC). */
export function sinceOf(option: string, text: string, now: number): number {
  const isDate = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/.test(text);
  if (!isDate) return now - ageOf(option, text);
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new UserError(`${option} ${JSON.stringify(text)}: there is no such date`);
}
