/** How long a call waits for its slot: for ever, unless its caller says otherwise. */
import type { Clock } from '../core/ports.ts';

/** Set by the user, for callers that would rather try later: seconds a call waits for a slot before it exits with 75. */
export const ANDWAIT_QUEUE_SECONDS = 'ANDWAIT_QUEUE_SECONDS';

/** Time for a free slot to be given at all: who does not want to wait still wants one that is free. */
const SHORTEST_MS = 500;

/** Node's timers hold no more: one that is set beyond it goes off at once. */
const LONGEST_MS = 2 ** 31 - 1;

export interface LimitedWait {
  readonly kind: 'limited';
  readonly ms: number;
  /** As it was set. */
  readonly text: string;
}

export type QueueLimit =
  | { readonly kind: 'none' }
  | LimitedWait
  | { readonly kind: 'bad'; readonly message: string };

export function queueLimit(env: Readonly<Record<string, string | undefined>>): QueueLimit {
  const text = env[ANDWAIT_QUEUE_SECONDS]?.trim();
  if (!text) return { kind: 'none' };
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) {
    return { kind: 'limited', ms: Math.min(Math.max(SHORTEST_MS, seconds * 1000), LONGEST_MS), text };
  }
  const message = `${ANDWAIT_QUEUE_SECONDS} ${JSON.stringify(text)}: expected seconds, as in 30, or 0 not to wait`;
  return { kind: 'bad', message };
}

/** What the caller of a call without a slot is told. */
export function tooLong({ text }: LimitedWait, isPaused: boolean): string {
  const within = `within ${ANDWAIT_QUEUE_SECONDS}=${text}`;
  if (isPaused) {
    return `the pool is paused, and gave no slot ${within}; \`andwait pool continue\` lets it go on`;
  }
  if (Number(text) === 0) return `no slot of the pool was free (${ANDWAIT_QUEUE_SECONDS}=${text})`;
  return `no slot of the pool came free ${within}`;
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
