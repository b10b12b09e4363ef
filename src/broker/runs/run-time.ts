/** The end of a run whose time is up: what runs finishes first, or is stopped where its caps are hard. */
import type { Clock } from '../../core/ports.ts';
import type { RunPause } from '../../core/run.ts';
import { timePause } from '../../pool/run-caps.ts';
import { watchTime } from '../../pool/time-cap.ts';
import type { StopReason } from '../../wire/pool/run-order.ts';
import type { RunParts } from './run-parts.ts';

export interface TimedRun {
  readonly parts: Pick<RunParts, 'state' | 'startedAt'>;
  pauseToEnd(pause: RunPause): Promise<void>;
  stop(by: undefined, why: StopReason): void;
}

/** Ends the watch. `near`: in words, when most of its time is over. */
export function watchRunTime(run: TimedRun, clock: Clock, near: (text: string) => void): () => void {
  const { state, startedAt } = run.parts;
  const { caps } = state;
  const over = (): void => {
    const pause = timePause(caps);
    if (caps.hard) run.stop(undefined, { kind: 'paused', pause });
    else void run.pauseToEnd(pause);
  };
  return watchTime({ caps, startedAt, clock, near, over });
}
