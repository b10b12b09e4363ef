import { expect, test } from 'vitest';
import { exitCodeOf, shortageAdvice } from '../../../src/core/exit.ts';
import {
  type CallCounts,
  EMPTY_TALLY,
  NO_CALLS,
  type RunResult,
  type RunStatus,
} from '../../../src/core/run.ts';

function ended(status: RunStatus, calls: Partial<CallCounts> = {}): RunResult {
  return {
    type: 'result',
    runId: 'r',
    name: 'n',
    status,
    result: null,
    error: null,
    ...EMPTY_TALLY,
    calls: { ...NO_CALLS, ...calls },
    durationMs: 0,
    attempts: [],
  };
}

test.each<[string, RunResult, number]>([
  ['no calls', ended('completed'), 0],
  ['all done', ended('completed', { done: 2 }), 0],
  ['some failed', ended('completed', { done: 1, failed: 9 }), 0],
  ['every call failed', ended('completed', { failed: 3 }), 3],
  ['every new call failed, old ones stood', ended('completed', { failed: 3, replayed: 1 }), 0],
  ['the script failed', ended('failed', { failed: 3 }), 1],
  ['refused', ended('refused'), 2],
  ['a cap', ended('capped', { done: 1, refused: 1 }), 75],
])('%s', (_name, result, code) => {
  expect(exitCodeOf(result, undefined)).toBe(code);
});

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGPIPE', 141],
  ['SIGTERM', 143],
] as const)('stopped by %s', (signal, code) => {
  expect(exitCodeOf(ended('stopped'), signal)).toBe(code);
});

test('what the system has no more of is told with what to do; nothing else is', () => {
  expect(shortageAdvice(Object.assign(new Error('x'), { code: 'EMFILE' }))).toContain('ulimit -n');
  expect(shortageAdvice(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toContain('make room');
  for (const other of [Object.assign(new Error('x'), { code: 'EIO' }), new Error('x'), undefined, null]) {
    expect(shortageAdvice(other)).toBeUndefined();
  }
});
