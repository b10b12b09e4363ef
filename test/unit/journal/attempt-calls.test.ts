import { expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { attemptCalls } from '../../../src/journal/attempt-calls.ts';
import { type JournalRecord, startedRecord } from '../../../src/wire/record.ts';
import { agentCall, reply } from '../../support/calls.ts';

const started = (id: number, attempt: number, at: number): JournalRecord =>
  startedRecord(agentCall({ id, key: `k${id}` }), attempt, at);
const outcome = (
  call: number,
  attempt: number,
  of = reply('A') as ReturnType<typeof reply> | ReturnType<typeof failure>,
) => ({ type: 'outcome', call, key: `k${call}`, outcome: of, durationMs: 5, attempt, at: 9 }) as const;

test('of a resumed run, what ran again and what was answered from before; not what the new one took the place of', () => {
  const calls = attemptCalls(
    [
      started(1, 1, 1),
      outcome(1, 1),
      started(2, 1, 2),
      outcome(2, 1, failure('timeout', 'late')),
      { type: 'replayed', call: 1, key: 'k1', attempt: 2, at: 3 },
      started(4, 2, 4),
      started(3, 2, 4),
      outcome(3, 2),
    ],
    2,
  );
  expect(calls.map(({ call, replayed, durationMs }) => [call, replayed, durationMs])).toEqual([
    [1, true, 0],
    [3, false, 5],
    [4, false, 0],
  ]);
  expect(calls[2]?.outcome).toBeUndefined();
});
