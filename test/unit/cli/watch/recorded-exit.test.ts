import { expect, test } from 'vitest';
import { recordedExit } from '../../../../src/cli/watch/recorded-exit.ts';
import { NO_CALLS, type RunResult } from '../../../../src/core/run.ts';
import type { RunKind } from '../../../../src/journal/run-folder.ts';
import { result } from '../../report/run-events.ts';

test.each<[string, RunKind, Partial<RunResult>, number]>([
  ['a script that returned', 'workflow', {}, 0],
  ['one that threw', 'workflow', { status: 'failed' }, 1],
  ['one that a cap ended', 'workflow', { status: 'capped' }, 75],
  ['one that waits for its quota', 'workflow', { status: 'paused' }, 75],
  ['one that was stopped', 'workflow', { status: 'stopped' }, 143],
  [
    'a recipe ends as its command did',
    'exec',
    { status: 'failed', result: { exitCode: 7, signal: null } },
    7,
  ],
  ['or died', 'exec', { status: 'failed', result: { exitCode: null, signal: 'SIGINT' } }, 130],
  [
    'unless a cap refused calls that it knew nothing of',
    'exec',
    { status: 'capped', result: { exitCode: 0 } },
    75,
  ],
  ['or its time was up', 'exec', { status: 'paused', result: { exitCode: null, signal: 'SIGTERM' } }, 75],
  ['a map', 'map', { result: { failed: 0 } }, 0],
  ['with an item that failed', 'map', { result: { failed: 1 } }, 3],
  ['that was stopped', 'map', { status: 'stopped', result: { failed: 1 } }, 143],
])('%s', (_name, kind, more, code) => {
  expect(recordedExit(kind, result(more), undefined)).toBe(code);
});

test.each<[RunKind, Partial<RunResult>, string, number]>([
  ['workflow', {}, 'denied', 3],
  ['workflow', {}, 'denied=2', 0],
  ['workflow', { status: 'capped' }, 'denied', 75],
  ['exec', { result: { exitCode: 0 } }, 'denied', 3],
  ['exec', { result: { exitCode: 7 } }, 'denied', 7],
  ['map', { result: { replied: 1, failed: 1 } }, 'off', 0],
  ['map', { result: { replied: 1, failed: 0 } }, 'denied', 3],
])('%s %j with --fail-on %s', (kind, more, failOn, code) => {
  const calls = { ...NO_CALLS, total: 1, done: 1, denied: 1 };
  expect(recordedExit(kind, result({ calls, ...more }), failOn)).toBe(code);
});
