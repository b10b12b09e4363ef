import { expect, test } from 'vitest';
import { endedCalls } from '../../../../src/cli/ci/ended-calls.ts';
import { failure } from '../../../../src/core/outcome.ts';
import { foldRecords } from '../../../../src/journal/run-record.ts';
import { attempt, settled, started } from '../../../support/runs/recorded-run.ts';

test('of a resumed run, what ran again and what was answered from before; not what the new one took the place of', () => {
  const records = [
    attempt(1),
    started(1),
    settled(1),
    started(2),
    settled(2, failure('timeout', 'late')),
    attempt(2),
    { type: 'replayed', call: 1, key: 'k1', attempt: 2, at: 3 } as const,
    started(4, { attempt: 2 }),
    started(3, { attempt: 2 }),
    settled(3),
  ];
  const calls = endedCalls({
    journal: { records, notice: undefined, soundBytes: 0 },
    ...foldRecords(records),
  });
  expect(calls.map(({ call, replayed, durationMs }) => [call, replayed, durationMs])).toEqual([
    [1, true, 0],
    [3, false, 2000],
    [4, false, 0],
  ]);
  expect(calls[2]?.outcome).toBeUndefined();
});
