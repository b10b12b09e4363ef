import { describe, expect, test } from 'vitest';
import { NO_USAGE } from '../../../../src/core/outcome.ts';
import type { RunEvent } from '../../../../src/core/progress.ts';
import { groupTitle } from '../../../../src/report/call-words.ts';
import { RunView } from '../../../../src/report/progress/run-view.ts';
import {
  activity,
  failed,
  held,
  phase,
  queued,
  refused,
  result,
  runStarted,
  settled,
  started,
  USAGE,
} from '../run-events.ts';

function viewOf(...events: readonly RunEvent[]): RunView {
  const view = new RunView();
  for (const event of events) view.apply(event);
  return view;
}

const titles = (view: RunView): string[] => [...view.groups()].map(groupTitle);
const counts = (view: RunView) =>
  Object.fromEntries(Object.entries(view.counts).filter(([, count]) => count > 0));

describe('counts', () => {
  test.each<[string, RunEvent[], Record<string, number>]>([
    ['nothing', [runStarted()], {}],
    ['queued', [queued(1), queued(2)], { queued: 2 }],
    ['running', [queued(1), queued(2), started(1)], { queued: 1, running: 1 }],
    ['done', [queued(1), started(1), settled(1)], { done: 1 }],
    ['failed', [queued(1), started(1), failed(1, 'no')], { failed: 1 }],
    ['stopped', [queued(1), started(1), settled(1, { end: 'stopped' })], { stopped: 1 }],
    ['stopped before it started', [queued(1), settled(1, { end: 'stopped' })], { stopped: 1 }],
    ['replayed', [queued(1), settled(1, { replayed: true })], { replayed: 1 }],
    ['a second start', [queued(1), started(1), started(1)], { running: 1 }],
    ['a second end', [queued(1), started(1), settled(1), failed(1, 'no')], { done: 1 }],
    ['a second queueing', [queued(1), started(1), queued(1)], { running: 1 }],
    ['an end of a call never seen before', [settled(7)], { done: 1 }],
    ['a start of a call never seen before', [started(7)], {}],
  ])('%s', (_name, events, expected) => expect(counts(viewOf(...events))).toEqual(expected));

  test('tokens and dollars of this attempt only', () => {
    const view = viewOf(settled(1), settled(2, { replayed: true }), settled(3, { costUsd: null }));
    expect(view.usage).toEqual({ ...NO_USAGE, inputTokens: 24_600, outputTokens: 4_200 });
    expect(view.costUsd).toBe(0.0042);
  });
});

describe('groups', () => {
  test('declared phases first and in order, then others as they come up, then child workflows', () => {
    const view = viewOf(
      runStarted({ phases: ['Find', 'Verify'] }),
      queued(1, { workflow: 'kid' }),
      phase('Extra'),
      queued(2, { phase: 'Verify' }),
      queued(3, { workflow: 'kid', phase: 'Find' }),
      queued(4),
    );
    expect(titles(view)).toEqual(['', 'Find', 'Verify', 'Extra', '▸ kid', '▸ kid · Find']);
  });

  test('a phase has begun when the script comes to it, or a call of it exists', () => {
    const view = viewOf(runStarted({ phases: ['A', 'B', 'C'] }), phase('A'), queued(1, { phase: 'B' }));
    const begun = [...view.groups()].filter((group) => group.begun).map((group) => group.title);
    expect(begun).toEqual(['A', 'B']);
  });

  test('a group is active while calls of it wait or run', () => {
    const view = viewOf(queued(1, { phase: 'A' }), queued(2, { phase: 'B' }), started(2));
    const active = () => [...view.active].map((group) => group.title);
    expect(active()).toEqual(['A', 'B']);
    view.apply(settled(2));
    expect(active()).toEqual(['A']);
    view.apply(settled(1, { replayed: true }));
    expect(active()).toEqual([]);
  });

  test('a call moves from running to the list of its end', () => {
    const view = viewOf(...[1, 2, 3, 4].flatMap((id) => [queued(id, { phase: 'A' }), started(id)]));
    for (const event of [settled(3), failed(1, 'no'), settled(2, { end: 'stopped' })]) view.apply(event);
    const group = [...view.groups()][1];
    expect([...(group?.running.keys() ?? [])]).toEqual([4]);
    expect(group?.failed.map(({ id }) => id)).toEqual([1]);
    expect(group?.finished.map(({ id }) => id)).toEqual([3]);
  });
});

test('a call knows when it started and what it does', () => {
  const view = viewOf(
    queued(1, { model: 'haiku' }),
    started(1, 50),
    activity(1, { kind: 'tool', tool: 'Bash' }, 70),
  );
  expect(view.calls.get(1)).toMatchObject({
    model: 'haiku',
    state: 'running',
    startedAt: 50,
    activity: { is: { kind: 'tool', tool: 'Bash' }, since: 70 },
  });
});

test('the result ends it', () => {
  expect(viewOf(runStarted()).result).toBeUndefined();
  expect(viewOf(runStarted(), result()).result?.status).toBe('completed');
});

describe('findings', () => {
  test('failures with one reason and message are one, with the first three calls', () => {
    const { findings } = viewOf(
      ...[1, 2, 3, 4].map((id) => failed(id, 'overloaded')),
      failed(5, 'bad request'),
      failed(6, 'overloaded', { end: 'timeout' }),
      settled(7, { end: 'stopped' }),
    );
    expect([...findings.failures].map(({ reason, message, count }) => [reason, message, count])).toEqual([
      ['api-error', 'overloaded', 4],
      ['api-error', 'bad request', 1],
      ['timeout', 'overloaded', 1],
    ]);
    expect([...findings.failures][0]?.firstCalls.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('denied tools are counted over all calls', () => {
    const { findings } = viewOf(
      settled(1, { denials: ['Bash', 'Bash'] }),
      settled(2, { denials: ['Bash', 'Edit'] }),
    );
    expect(Object.fromEntries(findings.deniedTools)).toEqual({ Bash: 3, Edit: 1 });
  });

  test('a call that is refused while it waits waits no more', () => {
    expect(viewOf(queued(1), refused('a', 'tokens', 1)).counts).toMatchObject({ queued: 0, stopped: 1 });
  });

  test('refusals are counted by cap, with the first message', () => {
    const { findings } = viewOf(refused('a'), refused('b'), refused('c', 'tokens'));
    expect([...findings.refusals]).toEqual([
      ['agents', { message: 'the cap of agents is reached', count: 2 }],
      ['tokens', { message: 'the cap of tokens is reached', count: 1 }],
    ]);
  });

  test('kept worktrees name their call', () => {
    const worktree = { path: '/w/1', branch: 'b', diffStat: ' 1 file changed' };
    const { findings } = viewOf(settled(1, { worktree }));
    expect(findings.worktrees).toEqual([{ ...worktree, call: 1, label: 'agent-1' }]);
  });

  test.each([
    ['a reply without a price', settled(1, { costUsd: null, usage: NO_USAGE }), 1],
    ['a failure that used tokens', failed(1, 'no', { costUsd: null, usage: USAGE }), 1],
    ['a failure that never ran', failed(1, 'no', { costUsd: null, usage: NO_USAGE }), 0],
    ['a reply that was free', settled(1, { costUsd: 0 }), 0],
    ['a replay', settled(1, { costUsd: null, replayed: true }), 0],
  ])('unpriced: %s', (_name, event, unpriced) => expect(viewOf(event).findings.unpricedCalls).toBe(unpriced));
});

test('held until it is released', () => {
  expect(viewOf(held('person')).held).toMatchObject({ cause: 'person', resetAt: null });
  expect(viewOf(held('person'), { type: 'run_released', at: 1 }).held).toBeUndefined();
});

test('what a running agent told of itself stays until it tells more', () => {
  const soFar = { usage: USAGE, model: 'opus-5' };
  const view = viewOf(
    queued(1),
    started(1),
    { type: 'call_activity', call: 1, activity: { kind: 'text' }, soFar, at: 1 },
    activity(1, { kind: 'tool', tool: 'Read' }),
  );
  expect(view.calls.get(1)).toMatchObject({ soFar, activity: { is: { tool: 'Read' } } });
});
