/** `setTimeout`: the clock itself is outside, and ends with the run. */
import { MAX_OPEN_REQUESTS } from '../script-limits.ts';
import { post } from './outbox.ts';
import { messageOf } from './shown.ts';
import { log } from './speech.ts';

interface Timer {
  readonly callback: (...args: unknown[]) => unknown;
  readonly args: readonly unknown[];
}

/** What the timers of Node and browsers hold at most. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const timers = new Map<number, Timer>();
let lastId = 0;

export function setTimeout(callback?: unknown, delayMs?: unknown, ...args: unknown[]): number {
  if (typeof callback !== 'function') throw new TypeError('setTimeout() expects a function');
  if (timers.size >= MAX_OPEN_REQUESTS) throw new RangeError(`${MAX_OPEN_REQUESTS} timers wait already`);
  const wanted = Number(delayMs);
  lastId += 1;
  timers.set(lastId, { callback: callback as Timer['callback'], args });
  post('timer', lastId, String(wanted >= 1 ? Math.min(Math.floor(wanted), MAX_DELAY_MS) : 1));
  return lastId;
}

export function clearTimeout(id?: unknown): void {
  if (typeof id === 'number' && timers.delete(id)) post('untimer', id, 'null');
}

/** A callback that throws is like a rejection nobody awaits: it does not end the run, but it is told. */
export async function fire(id: number): Promise<void> {
  const timer = timers.get(id);
  timers.delete(id);
  try {
    // The callback starts with an empty stack, as in every event loop.
    await undefined;
    if (timer === undefined) return;
    const { callback, args } = timer;
    callback(...args);
  } catch (thrown) {
    log(`[error] setTimeout callback failed: ${messageOf(thrown)}`);
  }
}
