/** When a silent or swollen child counts as broken, on a clock that moves only when told. */
import { expect, test } from 'vitest';
import { ChildWatch } from '../../../src/script/child-watch.ts';
import { DEFAULT_LIMITS } from '../../../src/script/script-limits.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function watched({ residentMb = () => 50 as number | undefined } = {}) {
  const clock = new ManualClock();
  const breaches: string[] = [];
  const watch = new ChildWatch({
    clock,
    limits: { ...DEFAULT_LIMITS, syncMs: 1000, residentMb: 100 },
    residentMb: () => Promise.resolve(residentMb()),
    breached: (reason, message) => breaches.push(`${reason}: ${message}`),
  });
  /** Lets `count` ticks of `ms` pass, each with the answer of the memory probe. */
  const ticks = async (count: number, ms = 100) => {
    for (let tick = 0; tick < count; tick++) {
      clock.advance(ms);
      await Promise.resolve().then(() => {});
    }
  };
  return { clock, watch, breaches, ticks };
}

const STUCK = 'sync-limit: the script worked for 1 s without waiting for anything';

test('a message that stays unhandled for the limit is a breach, told once', async () => {
  const { watch, breaches, ticks } = watched();
  watch.sent();
  await ticks(9);
  expect(breaches).toEqual([]);
  await ticks(5);
  expect(breaches).toEqual([STUCK]);
});

test('progress starts the count anew, also while more messages wait', async () => {
  const { watch, breaches, ticks } = watched();
  watch.sent();
  watch.sent();
  await ticks(9);
  watch.handled(1);
  await ticks(9);
  expect(breaches).toEqual([]);
  await ticks(1);
  expect(breaches).toEqual([STUCK]);
});

test('a child with nothing to do may be silent for ever', async () => {
  const { watch, breaches, ticks } = watched();
  watch.sent();
  watch.handled(1);
  await ticks(50, 1000);
  expect(breaches).toEqual([]);
});

test('time before the message does not count', async () => {
  const { watch, breaches, ticks } = watched();
  watch.sent();
  watch.handled(1);
  await ticks(50, 1000);
  watch.sent();
  await ticks(9);
  expect(breaches).toEqual([]);
});

test('a tick that comes an hour late counts as two: the machine slept, not the script', async () => {
  const { clock, watch, breaches, ticks } = watched();
  watch.sent();
  clock.monotonicMs = () => 3_600_000;
  await ticks(1);
  expect(breaches).toEqual([]);
  // From here on the clock stands still: what was counted is two ticks, and eight more would be needed.
  expect(clock.pending).toEqual([100]);
});

test.each([
  ['busy', 100, (watch: ChildWatch) => watch.sent()],
  [
    'idle',
    1000,
    (watch: ChildWatch) => {
      watch.sent();
      watch.handled(1);
    },
  ],
])('memory past the limit is a breach while the child is %s', async (_name, tickMs, prepare) => {
  let resident: number | undefined = 99;
  const { watch, breaches, ticks } = watched({ residentMb: () => resident });
  prepare(watch);
  await ticks(2, 100);
  resident = 101;
  await ticks(1, tickMs);
  expect(breaches).toEqual(['memory: the script held more than 100 MB of memory']);
});

test('memory that cannot be told is no breach', async () => {
  const { watch, breaches, ticks } = watched({ residentMb: () => undefined });
  watch.sent();
  await ticks(5);
  expect(breaches).toEqual([]);
});

test('after its end it holds no timer', () => {
  const { clock, watch } = watched();
  watch.sent();
  watch[Symbol.dispose]();
  watch.sent();
  expect(clock.pending).toEqual([]);
});
