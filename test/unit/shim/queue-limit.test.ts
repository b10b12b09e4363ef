/** How long a call waits. */
import { expect, test } from 'vitest';
import { placeWithin, queueLimit, tooLong } from '../../../src/shim/queue-limit.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test.each([
  [undefined, undefined],
  ['', undefined],
  [' ', undefined],
  ['0', 500],
  ['30', 30_000],
  [' 1.5 ', 1_500],
  // Node's timers hold no more than this.
  ['1e12', 2 ** 31 - 1],
])('ANDWAIT_QUEUE_SECONDS=%s', (text, limitMs) => {
  const limit = queueLimit({ ANDWAIT_QUEUE_SECONDS: text });
  expect(limit).toMatchObject(limitMs === undefined ? { kind: 'none' } : { kind: 'limited', ms: limitMs });
});

test.each(['soon', '-1', 'Infinity', '30s'])('ANDWAIT_QUEUE_SECONDS=%s is quoted', (text) => {
  expect(queueLimit({ ANDWAIT_QUEUE_SECONDS: text })).toEqual({
    kind: 'bad',
    message: `ANDWAIT_QUEUE_SECONDS ${JSON.stringify(text)}: expected seconds, as in 30, or 0 not to wait`,
  });
});

test.each([
  ['0', false, 'no slot of the pool was free (ANDWAIT_QUEUE_SECONDS=0)'],
  ['0.1', false, 'no slot of the pool came free within ANDWAIT_QUEUE_SECONDS=0.1'],
  [' 30 ', false, 'no slot of the pool came free within ANDWAIT_QUEUE_SECONDS=30'],
  [
    '30',
    true,
    'the pool is paused, and gave no slot within ANDWAIT_QUEUE_SECONDS=30; `andwait pool continue` lets it go on',
  ],
])('%j, paused: %s', (text, isPaused, message) => {
  const limit = queueLimit({ ANDWAIT_QUEUE_SECONDS: text });
  if (limit.kind !== 'limited') throw new Error(limit.kind);
  expect(tooLong(limit, isPaused)).toBe(message);
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
