/** Where there is something to go on with, and where to go on would only be to fail again. */
import { expect, test } from 'vitest';
import { nextCommandOf } from '../../../src/cli/next-step.ts';
import { EMPTY_TALLY, NO_CALLS, type RunResult } from '../../../src/core/run.ts';

const FAILED: RunResult = {
  type: 'result',
  runId: 'r1',
  name: 'audit',
  status: 'failed',
  result: null,
  error: { name: 'Error', message: 'for: received nothing', stack: undefined },
  ...EMPTY_TALLY,
  durationMs: 0,
  attempts: [{ attempt: 1, startedAt: 0, status: 'failed' }],
};
const workflow = { kind: 'workflow', runId: 'r1' } as const;

test('a script that failed before it asked any agent would do so again', () => {
  expect(nextCommandOf(workflow, FAILED)).toBeUndefined();
});

test('one that failed with answers in its journal can be mended, and goes on', () => {
  const calls = { ...NO_CALLS, total: 1, done: 1 };
  expect(nextCommandOf(workflow, { ...FAILED, calls })).toBe('andwait resume r1');
});

test('answers of an earlier attempt count, too', () => {
  const attempts = [1, 2].map((attempt) => ({ attempt, startedAt: 0, status: 'failed' as const }));
  expect(nextCommandOf(workflow, { ...FAILED, attempts })).toBe('andwait resume r1');
});
