import { describe, expect, test } from 'vitest';
import { type RunFilterOptions, runFilterOf } from '../../../../src/cli/reading/run-filter.ts';
import type { RunDescription } from '../../../../src/journal/run-folder.ts';
import type { RunRow } from '../../../../src/report/run-table.ts';
import { DESCRIPTION } from '../../../support/runs/run-description.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const NONE: RunFilterOptions = {
  status: undefined,
  kind: undefined,
  name: undefined,
  since: undefined,
  failed: false,
};
const filter = (options: Partial<RunFilterOptions>) => runFilterOf({ ...NONE, ...options }, NOW);

function row(more: Partial<RunRow>): RunRow {
  return {
    runId: 'r',
    name: 'audit',
    status: 'completed',
    startedAt: 0,
    attempts: [],
    calls: { settled: 1, failed: 0 },
    costUsd: 0,
    ...more,
  };
}

describe('what run.json tells', () => {
  test.each<[string, Partial<RunFilterOptions>, Partial<RunDescription>, boolean]>([
    ['no filter', {}, {}, true],
    ['its kind', { kind: 'map, exec' }, { kind: 'exec' }, true],
    ['another', { kind: 'map' }, { kind: 'exec' }, false],
    ['a part of its name, in any case', { name: 'AUD' }, { name: 'the audit' }, true],
    ['of another', { name: 'audit' }, { name: 'triage' }, false],
    ['begun since', { since: '2h' }, { startedAt: NOW - 7_200_000 }, true],
    ['before', { since: '2h' }, { startedAt: NOW - 7_200_001 }, false],
    ['since a day', { since: '2026-11-22' }, { startedAt: Date.UTC(2026, 10, 22) }, true],
    ['before it', { since: '2026-11-22' }, { startedAt: Date.UTC(2026, 10, 21, 23) }, false],
  ])('%s', (_name, options, run, admitted) =>
    expect(filter(options).admits({ ...DESCRIPTION, ...run })).toBe(admitted),
  );
});

describe('what its journal tells', () => {
  test.each<[string, Partial<RunFilterOptions>, Partial<RunRow>, boolean]>([
    ['its status', { status: 'running,capped' }, { status: 'capped' }, true],
    ['another', { status: 'running' }, { status: 'capped' }, false],
    ['failed: that all went well', { failed: true }, {}, false],
    ['failed: a call did', { failed: true }, { calls: { settled: 3, failed: 1 } }, true],
    ['failed: it was cut off', { failed: true }, { status: 'unfinished' }, true],
    ['failed: it is at work', { failed: true }, { status: 'running' }, false],
  ])('%s', (_name, options, told, shown) => expect(filter(options).shows(row(told))).toBe(shown));
});

test.each([
  [{ status: 'done' }, /--status "done": expected some of running, completed/],
  [{ kind: 'script' }, /--kind "script": expected some of workflow/],
  [{ since: 'yesterday' }, /--since "yesterday": expected minutes, hours/],
  [{ since: '2026-13-45' }, /no such date/],
])('%j is refused', (options, message) => expect(() => filter(options)).toThrow(message));
