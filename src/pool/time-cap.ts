/** `--max-time`: the wall clock of one attempt, with a word when most of it is gone. */
import type { Clock } from '../core/ports.ts';
import type { RunCaps } from '../core/run.ts';
import { timeWarning, WARN_SHARE } from './run-caps.ts';

export interface TimeCap {
  readonly caps: RunCaps;
  /** Of the attempt: milliseconds since the epoch. Whoever takes it up from another goes on counting from there. */
  readonly startedAt: number;
  readonly clock: Clock;
  readonly near: (warning: string) => void;
  readonly over: () => void;
}

/** The returned function ends the watch. */
export function watchTime({ caps, startedAt, clock, near, over }: TimeCap): () => void {
  const { timeMs = null } = caps;
  if (timeMs === null) return () => {};
  // Never more than all: the time of day may have been set back meanwhile.
  const leftMs = Math.min(timeMs, startedAt + timeMs - clock.now());
  const untilNearMs = leftMs - (1 - WARN_SHARE) * timeMs;
  const cancels = [clock.after(Math.max(0, leftMs), over)];
  if (untilNearMs > 0) {
    cancels.push(clock.after(untilNearMs, () => near(timeWarning(caps, leftMs - untilNearMs))));
  }
  return () => {
    for (const cancel of cancels) cancel();
  };
}
