import { expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import { RecordedEvents } from '../../../../src/journal/follow/recorded-events.ts';
import type { JournalRecord } from '../../../../src/wire/records/record.ts';
import { attempt, reply, settled, started, USED } from '../../../support/runs/recorded-run.ts';

const RUN = { runId: 'r', name: 'audit', description: 'd' };
const eventsOf = (...records: readonly JournalRecord[]) => {
  const recorded = new RecordedEvents(RUN);
  return records.flatMap((record) => recorded.of(record));
};

test('what the run itself showed', () => {
  const events = eventsOf(
    { type: 'header', format: 1, runId: 'r', version: '0.1.0', at: 0 },
    attempt(1, { phases: ['Find'], at: 1 }),
    { type: 'phase', title: 'Find', workflow: undefined, at: 2 },
    started(1, { phase: 'Find', model: 'haiku', at: 3 }),
    { type: 'process', call: 1, pid: 7, at: 4 },
    settled(1, failure('api-error', 'HTTP 400'), 5),
    { type: 'log', text: '[agent-1] failed: HTTP 400', call: 1, at: 6 },
    { type: 'refused', label: 'late', cap: 'cost', at: 7 },
    { type: 'end', attempt: 1, status: 'completed', at: 8 },
  );
  expect(events).toMatchObject([
    { type: 'run_started', ...RUN, phases: ['Find'], agent: 'claude 9.9.9', at: 1 },
    { type: 'phase', title: 'Find' },
    { type: 'call_queued', call: 1, label: 'agent-1', phase: 'Find', model: 'haiku' },
    { type: 'call_started', call: 1, at: 3 },
    {
      type: 'call_settled',
      call: 1,
      label: 'agent-1',
      end: 'api-error',
      summary: 'HTTP 400',
      replayed: false,
    },
    { type: 'log', call: 1 },
    { type: 'call_refused', label: 'late', cap: 'cost' },
  ]);
});

test('what was put back and never began again was stopped with its run', () => {
  const setback = {
    type: 'setback',
    call: 1,
    key: 'k1',
    cause: 'quota',
    outcome: failure('api-error', 'used up'),
  };
  const events = eventsOf(attempt(), started(1), { ...setback, attempt: 1, at: 2 } as JournalRecord, {
    type: 'end',
    attempt: 1,
    status: 'paused',
    at: 3,
  });
  expect(events.at(-1)).toMatchObject({
    type: 'call_settled',
    call: 1,
    label: 'agent-1',
    end: 'stopped',
    at: 3,
  });
});

test('a replay stands under the number and the name it had in the attempt that paid for it', () => {
  const events = eventsOf(
    attempt(),
    started(3, { phase: 'Find' }),
    settled(3, reply()),
    attempt(2, { at: 50 }),
    {
      type: 'replayed',
      call: 3,
      key: 'k3',
      attempt: 2,
      at: 51,
    },
  );
  expect(events.slice(-3)).toMatchObject([
    { type: 'run_started', at: 50 },
    { type: 'call_queued', call: 3, label: 'agent-3', phase: 'Find', at: 51 },
    { type: 'call_settled', call: 3, end: 'reply', replayed: true, durationMs: 0, usage: USED, at: 51 },
  ]);
});

test('a call that was put back is one call, whatever it starts again', () => {
  const outcome = failure('api-error', 'HTTP 529', { usage: USED });
  const back = { type: 'setback', call: 1, key: 'k1', cause: 'limited', outcome, attempt: 1, at: 4 } as const;
  const events = eventsOf(attempt(), started(1), back, started(1, { at: 5 }), settled(1));
  expect(events.map(({ type }) => type)).toEqual([
    'run_started',
    'call_queued',
    'call_started',
    'call_put_back',
    'call_started',
    'call_settled',
  ]);
  expect(events[3]).toMatchObject({ label: 'agent-1', summary: 'HTTP 529', usage: USED });
});

test('who took hold of it, and when nothing new starts', () => {
  const by = { pid: 12, uid: 1000, user: 'alice' };
  const events = eventsOf(
    { type: 'steered', action: 'skip', call: 4, by, at: 1 },
    { type: 'held', cause: 'quota', resetAt: 99, at: 2 },
    { type: 'released', at: 3 },
  );
  expect(events).toMatchObject([
    { type: 'log', text: 'alice (pid 12): skip #4', call: undefined },
    { type: 'run_held', cause: 'quota', resetAt: 99 },
    { type: 'run_released', at: 3 },
  ]);
});
