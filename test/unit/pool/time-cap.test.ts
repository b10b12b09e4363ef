import { expect, test } from 'vitest';
import { watchTime } from '../../../src/pool/time-cap.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('a time of day that was set back since the attempt began gives it no more than it has', () => {
  const clock = new ManualClock();
  const caps = { concurrency: 1, agents: 1, outputTokens: null, timeMs: 1000 };
  watchTime({ caps, startedAt: 5_000_000, clock, near: () => {}, over: () => {} });
  expect(Math.max(...clock.pending)).toBe(1000);
});
