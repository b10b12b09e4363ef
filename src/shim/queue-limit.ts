/** How long a call waits for its slot: for ever, unless its caller says otherwise. */
import type { Clock } from '../core/ports.ts';

/** Set by the user, for callers that would rather try later: seconds a call waits for a slot before it exits with 75. */
export const ANDWAIT_QUEUE_SECONDS = 'ANDWAIT_QUEUE_SECONDS';

/** Time for a free slot to be given at all: who does not want to wait still wants one that is free. */
const SHORTEST_MS = 500;

/** `undefined`: no limit. */
export function queueLimitMs(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env[ANDWAIT_QUEUE_SECONDS]?.trim();
  const seconds = Number(text);
  return text && Number.isFinite(seconds) && seconds >= 0 ? Math.max(SHORTEST_MS, seconds * 1000) : undefined;
}

/** `undefined` when the time is over, and nothing is held. */
export async function placeWithin<T>(
  limitMs: number | undefined,
  place: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
): Promise<T | undefined> {
  const waiting = new AbortController();
  const cancel = limitMs === undefined ? (): void => {} : clock.after(limitMs, () => waiting.abort());
  try {
    return await place(waiting.signal);
  } catch (error) {
    if (waiting.signal.aborted) return undefined;
    throw error;
  } finally {
    cancel();
  }
}
