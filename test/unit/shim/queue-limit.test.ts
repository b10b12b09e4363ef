/** How long a call waits. */
import { expect, test } from 'vitest';
import { placeWithin, queueLimitMs } from '../../../src/shim/queue-limit.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-1', undefined],
  ['0', 500],
  ['30', 30_000],
  [' 1.5 ', 1_500],
])('ANDWAIT_QUEUE_SECONDS=%s', (text, limitMs) => {
  expect(queueLimitMs({ ANDWAIT_QUEUE_SECONDS: text })).toBe(limitMs);
});

/** Never has a place. */
function full(signal: AbortSignal): Promise<string> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

test('a place that comes in time is had, and no timer is left', async () => {
  const clock = new ManualClock();
  expect(await placeWithin(1_000, async () => 'a place', clock)).toBe('a place');
  expect(clock.pending).toEqual([]);
});

test('after that there is none', async () => {
  const clock = new ManualClock();
  const placed = placeWithin(1_000, full, clock);
  clock.advance(1_000);
  expect(await placed).toBeUndefined();
});

test('another trouble is told', async () => {
  const trouble = placeWithin(1_000, () => Promise.reject(new Error('gone')), new ManualClock());
  await expect(trouble).rejects.toThrow('gone');
});
