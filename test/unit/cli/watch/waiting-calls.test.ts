import { expect, test } from 'vitest';
import { WaitingCalls } from '../../../../src/cli/watch/waiting-calls.ts';
import { RunView } from '../../../../src/report/progress/run-view.ts';
import type { PoolCallStatus, PoolStatus } from '../../../../src/wire/pool/pool-status.ts';
import { queued, runStarted, started } from '../../report/run-events.ts';

function poolWith(...calls: readonly PoolCallStatus[]): PoolStatus {
  const run = { runId: 'r-1', dir: '/r', running: 0, waiting: calls.length, refused: 0, held: null, calls };
  const runs = [{ ...run, runId: 'another', calls: [call(50)] }, run];
  return {
    version: '0.1.0',
    pid: 1,
    startedAt: 0,
    slots: 2,
    pace: { slots: 2, until: null, cause: null },
    paused: false,
    minFreeBytes: null,
    taken: 0,
    lent: 0,
    waiting: calls.length,
    runs,
  };
}

function call(number: number, state: PoolCallStatus['state'] = 'waiting'): PoolCallStatus {
  return { call: number, label: `agent-${number}`, phase: 'Find', state, pid: undefined, since: 5 };
}

function setUp() {
  const view = new RunView();
  const waiting = new WaitingCalls('r-1');
  for (const event of [runStarted(), queued(1), started(1)]) view.apply(event);
  const hear = (status: PoolStatus) => {
    const events = waiting.events(status, view, 9);
    for (const event of events) view.apply(event);
    return events;
  };
  return { view, hear };
}

test('those that wait are told once, in their phase; those that run the journal tells', () => {
  const { view, hear } = setUp();
  const status = poolWith(call(1, 'running'), call(2), call(3, 'starting'));
  expect(hear(status)).toEqual([queued(2, { phase: 'Find', at: 5 })]);
  expect(hear(status)).toEqual([]);
  expect(view.counts).toMatchObject({ running: 1, queued: 1 });
});

test('one that gave up before it started is gone, but not before the journal had time to tell of its start', () => {
  const { view, hear } = setUp();
  hear(poolWith(call(2), call(3)));
  expect(hear(poolWith())).toEqual([]);
  view.apply(started(2));
  expect(hear(poolWith())).toMatchObject([{ type: 'call_settled', call: 3, end: 'stopped' }]);
  expect(view.counts).toMatchObject({ running: 2, queued: 0, stopped: 1 });
});
