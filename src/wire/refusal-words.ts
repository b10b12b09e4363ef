/** What an agent program says when its model API refuses it, in the words of each of its versions: whom it concerns beside itself. */
import type { Pressure } from '../core/outcome.ts';
import { nextTimeIn, type WallTime } from './wall-time.ts';

export interface ApiRefusal {
  /** HTTP, where it was told. */
  readonly status: number | undefined;
  /** All that was said of it: never what a model wrote, for nothing is found inside other words. */
  readonly said: string;
}

/** Longer than any refusal, and shorter than most answers that quote one. */
const MAX_CHARACTERS = 600;

const QUOTA = [
  // Before 2.0: the second is when it ends.
  /^Claude (?:AI )?usage limit reached\b/i,
  /^(?:5-hour|session|weekly|opus|sonnet) limit reached\b/i,
  /^You['’]ve hit your [^\n]{0,60}limit\b/i,
  /^You['’]re out of extra usage\b/i,
  /^Credit balance is too low\b/i,
  /^(?:API Error: \d{3} )?Your credit balance is too low\b/i,
  /^(?:API Error: \d{3} )?You have reached your specified API usage limits\b/i,
  // Of `andwait-print`: a pause that nobody takes with a slot in hand.
  /\(the API asks for a pause of \d+ s: not waited for\)$/,
];

const CREDENTIALS =
  /^(?:Not logged in|Invalid API key|Invalid auth token|Failed to authenticate|Authentication required|Session expired|OAuth (?:access )?token (?:has expired|revoked))\b|^[^\n]{0,80}Please run \/login/i;

const LIMITED =
  /^API Error: (?:Request rejected \(429\)|Server is temporarily limiting requests|Repeated 529 |429\b|529\b)/;

const PAYMENT_REQUIRED = 402;

/** `undefined`: it concerns that one call alone. `now`: milliseconds since the epoch. */
export function pressureIn({ status, said: text }: ApiRefusal, now: number): Pressure | undefined {
  const said = text.trim();
  if (said.length > MAX_CHARACTERS) return undefined;
  const message = said.replace(/\s+/g, ' ');
  if (status === PAYMENT_REQUIRED || QUOTA.some((words) => words.test(said))) {
    return { kind: 'quota', resetAt: resetIn(said, now), message };
  }
  if (status === 401 || status === 403 || CREDENTIALS.test(said)) return { kind: 'credentials', message };
  if (status === 429 || status === 529) return { kind: 'limited', status, retryAfterMs: null };
  if (!LIMITED.test(said)) return undefined;
  return { kind: 'limited', status: said.includes('529') ? 529 : 429, retryAfterMs: null };
}

/** Whether the words alone say that it was the API. */
export function isRefusal(said: string): boolean {
  return pressureIn({ status: undefined, said }, 0) !== undefined;
}

/** Their limits were for hours or a week; and clocks differ. */
const FURTHEST_RESET_MS = 8 * 24 * 60 * 60_000;
const CLOCKS_DIFFER_MS = 60 * 60_000;

/**
 * An answer in text that is none, though the program ended well: versions before 2.0 said it so. A model may write the
 * same, as one that is asked for such a line does; a time that is no limit's gives it away. `now`: since the epoch.
 */
export function isUsageLimit(text: string, now: number): boolean {
  const seconds = /^Claude (?:AI )?usage limit reached\|(\d{10})\s*$/.exec(text)?.[1];
  const leftMs = Number(seconds) * 1000 - now;
  return leftMs > -CLOCKS_DIFFER_MS && leftMs < FURTHEST_RESET_MS;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** `resets 10:46pm (UTC)`, `resets Dec 2, 8pm (Europe/Rome)`, `will reset at 3pm (America/Bogota)`. */
const RESETS =
  /\breset(?:s| at)(?: ([A-Z][a-z]{2})[a-z]* (\d{1,2}),?(?: at)?)? (\d{1,2})(?::(\d{2}))?\s?(am|pm) \(([\w+\-/]{1,60})\)/i;

function resetIn(said: string, now: number): number | null {
  const seconds = /\|(\d{10})\b/.exec(said)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const pause = /asks for a pause of (\d{1,8}) s:/.exec(said)?.[1];
  if (pause !== undefined) return now + Number(pause) * 1000;
  const [, year, month, day, hour, minute] =
    /regain access on (\d{4})-(\d\d)-(\d\d) at (\d\d):(\d\d) UTC/.exec(said) ?? [];
  if (year !== undefined) {
    return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  }
  const [, name, date, hours, minutes, half, zone] = RESETS.exec(said) ?? [];
  if (hours === undefined || zone === undefined) return null;
  const time = {
    hour: (Number(hours) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0),
    minute: Number(minutes ?? 0),
  };
  return nextTimeIn(zone, { ...time, ...dateOf(name, date) }, now);
}

function dateOf(name: string | undefined, date: string | undefined): Pick<WallTime, 'month' | 'day'> {
  const month = MONTHS.indexOf(name?.toLowerCase() ?? '') + 1;
  return month === 0 ? {} : { month, day: Number(date) };
}
