/** What calls come to, counted: every kind of end, and nothing twice. */
import { expect, test } from 'vitest';
import { failure, type Outcome } from '../../../src/core/outcome.ts';
import { type CallHistory, type RunEvent, settledEvent, tallyAfter } from '../../../src/core/progress.ts';
import { type CallCounts, EMPTY_TALLY, NO_CALLS } from '../../../src/core/run.ts';
import { reply, tokens } from '../../support/calls.ts';

const RAN = { replayed: false, durationMs: 1, at: 0 };

function settled(outcome: Outcome, history: Partial<CallHistory> = {}): RunEvent {
  return settledEvent({ id: 1, label: 'l' }, outcome, { ...RAN, ...history });
}

function after(...events: readonly RunEvent[]) {
  return events.reduce(tallyAfter, EMPTY_TALLY);
}

const DENIED = { denials: [{ toolName: 'Bash', toolUseId: 't', toolInput: null }] };

function printed(stdoutBytes: number | null) {
  return { process: { exitCode: 0, signal: null, stdoutBytes } };
}

test.each<[string, RunEvent, Partial<CallCounts>]>([
  ['a reply', settled(reply('x')), { done: 1 }],
  ['one without a word', settled(reply(' \n')), { done: 1, empty: 1 }],
  ['one that printed nothing', settled(reply('', printed(0))), { done: 1, empty: 1 }],
  ['one whose words went to a terminal', settled(reply('', printed(null))), { done: 1 }],
  ['one whose value says it all', settled(reply('', { structured: { n: 1 } })), { done: 1 }],
  ['one that was denied a tool', settled(reply('x', DENIED)), { done: 1, denied: 1 }],
  ['one that tells no usage', settled(reply('x', { unmetered: true })), { done: 1, unmetered: 1 }],
  ['a failure', settled(failure('exit', 'm')), { failed: 1, failures: { exit: 1 } }],
  ['a stopped one', settled(failure('stopped', 'm')), { stopped: 1 }],
  ['a skipped one', settled(failure('skipped', 'm')), { skipped: 1 }],
  [
    'one answered from before',
    settled(reply('', { unmetered: true }), { replayed: true }),
    { replayed: 1, empty: 1 },
  ],
])('%s', (_name, event, counts) => {
  expect(after(event).calls).toEqual({ ...NO_CALLS, ...counts });
});

test('failures add up by reason', () => {
  const events = (['exit', 'api-error', 'exit'] as const).map((reason) => settled(failure(reason, 'm')));
  expect(after(...events).calls).toMatchObject({ failed: 3, failures: { exit: 2, 'api-error': 1 } });
});

test('what was put back is counted and paid for', () => {
  const { usage } = reply('', tokens(7));
  const back = { type: 'call_put_back', call: 1, label: 'l', summary: 's', at: 0 } as const;
  const {
    calls,
    usage: used,
    costUsd,
  } = after({ ...back, usage, costUsd: 0.5 }, settled(reply('x', { costUsd: 1 })));
  expect({ calls, costUsd }).toEqual({ calls: { ...NO_CALLS, done: 1, putBack: 1 }, costUsd: 1.5 });
  expect(used.outputTokens).toBe(7);
});

test('a replayed call costs nothing anew', () => {
  expect(after(settled(reply('x', { costUsd: 1 }), { replayed: true })).costUsd).toBe(0);
});

test('refusals are counted, with what raises each cap far enough', () => {
  const refused = { type: 'call_refused', call: undefined, label: 'l', message: 'm', at: 0 } as const;
  const { calls } = after(
    { ...refused, cap: 'cost', raise: '--max-cost 2' },
    { ...refused, cap: 'cost', raise: '--max-cost 4', times: 3 },
    settled(failure('stopped', 'm'), { cappedBy: { cap: 'agents', message: 'm', raise: '--max-agents 9' } }),
  );
  const raises = { cost: '--max-cost 4', agents: '--max-agents 9' };
  expect(calls).toEqual({ ...NO_CALLS, refused: 4, stopped: 1, raises });
});
