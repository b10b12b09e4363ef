import { expect, test } from 'vitest';
import { recordedExit } from '../../../../src/cli/watch/recorded-exit.ts';
import type { RunResult } from '../../../../src/core/run.ts';
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
  ['a map', 'map', { result: { failed: 0 } }, 0],
  ['with an item that failed', 'map', { result: { failed: 1 } }, 3],
  ['that was stopped', 'map', { status: 'stopped', result: { failed: 1 } }, 143],
])('%s', (_name, kind, more, code) => expect(recordedExit(kind, result(more))).toBe(code));
