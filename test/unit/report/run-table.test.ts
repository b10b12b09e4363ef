import { describe, expect, test } from 'vitest';
import { NO_USAGE } from '../../../src/core/outcome.ts';
import { type CallRow, callTable, type RunRow, runTable } from '../../../src/report/run-table.ts';
import { agoText } from '../../../src/report/text/ago.ts';
import { displayWidth } from '../../../src/report/text/text-width.ts';
import { USAGE } from './run-events.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const UNBOUNDED = Number.POSITIVE_INFINITY;
const MINUTE_MS = 60_000;

const RUNS: RunRow[] = [
  {
    runId: '20260131-115500-ab12',
    name: 'audit',
    status: 'running',
    startedAt: NOW - 5 * MINUTE_MS,
    attempts: [{ attempt: 1, startedAt: NOW - 5 * MINUTE_MS, status: null }],
    calls: { settled: 12, failed: 0 },
    costUsd: 1.23,
  },
  {
    runId: '20260129-080000-cd34',
    name: '日本語 workflow',
    status: 'completed',
    startedAt: NOW - 2 * 24 * 60 * MINUTE_MS,
    attempts: [
      { attempt: 1, startedAt: NOW - 2 * 24 * 60 * MINUTE_MS, status: 'stopped' },
      { attempt: 2, startedAt: NOW - 24 * 60 * MINUTE_MS, status: 'completed' },
    ],
    calls: { settled: 1_000, failed: 37 },
    costUsd: null,
  },
];

const CALLS: CallRow[] = [
  {
    id: 1,
    label: 'find:api',
    phase: 'Find',
    workflow: undefined,
    end: 'reply',
    host: undefined,
    durationMs: 12_000,
    usage: USAGE,
    costUsd: 0.0042,
  },
  {
    id: 12,
    label: 'verify the finding',
    phase: 'Verify',
    workflow: 'kid',
    end: 'schema-never-met',
    host: undefined,
    durationMs: 185_000,
    usage: USAGE,
    costUsd: null,
  },
  {
    id: 13,
    label: 'x',
    phase: undefined,
    workflow: 'kid',
    end: 'running',
    host: undefined,
    durationMs: undefined,
    usage: NO_USAGE,
    costUsd: undefined,
  },
];

test('runs', () => {
  expect(runTable(RUNS, NOW, UNBOUNDED)).toEqual([
    'RUN                   NAME             STATUS                STARTED              CALLS      COST',
    '20260131-115500-ab12  audit            running               5m ago                  12     $1.23',
    '20260129-080000-cd34  日本語 workflow  completed, attempt 2  2d ago   1,000 (37 failed)  unpriced',
  ]);
});

test('calls', () => {
  expect(callTable(CALLS, UNBOUNDED)).toEqual([
    'CALL  LABEL               PHASE           END                 TIME             TOKENS      COST',
    '   1  find:api            Find            reply                12s  12.3k in 2.1k out   $0.0042',
    '  12  verify the finding  ▸ kid · Verify  schema-never-met  3m 05s  12.3k in 2.1k out  unpriced',
    '  13  x                   ▸ kid           running',
  ]);
});

test('no rows, no table', () => {
  expect(runTable([], NOW, 80)).toEqual([]);
  expect(callTable([], 80)).toEqual([]);
});

describe('a narrow terminal', () => {
  test('the label gives way', () => {
    const lines = callTable(CALLS, 90);
    expect(Math.max(...lines.map(displayWidth))).toBe(90);
    expect(lines[2]).toContain('verify the f…  ▸ kid');
  });

  test('but stays recognisable, whatever the width', () => {
    expect(callTable(CALLS, 10)[2]).toContain('verify the…');
  });
});

test('hostile and endless names', () => {
  const [run, call] = [RUNS[0], CALLS[0]];
  if (run === undefined || call === undefined) throw new Error('no rows');
  const evil = `\x1b[2J\u202ea\nb${'c'.repeat(100_000)}`;
  const lines = [
    ...runTable([{ ...run, runId: evil, name: evil }], NOW, UNBOUNDED),
    ...callTable([{ ...call, label: evil, phase: evil, workflow: evil }], UNBOUNDED),
  ];
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(250);
});

test.each([
  [-5_000, 'just now'],
  [59_000, 'just now'],
  [60_000, '1m ago'],
  [59 * MINUTE_MS, '59m ago'],
  [60 * MINUTE_MS, '1h ago'],
  [24 * 60 * MINUTE_MS, '1d ago'],
  [13 * 24 * 60 * MINUTE_MS, '13d ago'],
  [14 * 24 * 60 * MINUTE_MS, '2026-01-17'],
])('%i ms ago', (ms, text) => expect(agoText(NOW - ms, NOW)).toBe(text));
