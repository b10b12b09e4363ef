import { describe, expect, test } from 'vitest';
import { NO_USAGE } from '../../../src/core/outcome.ts';
import type { RunEvent } from '../../../src/core/progress.ts';
import { NO_CALLS, type RunResult } from '../../../src/core/run.ts';
import { RunView } from '../../../src/report/progress/run-view.ts';
import { summaryLines } from '../../../src/report/summary.ts';
import { failed, refused, result, settled } from './run-events.ts';

function summaryOf(ended: Partial<RunResult>, events: readonly RunEvent[] = [], nextStep?: string): string[] {
  const view = new RunView();
  for (const event of events) view.apply(event);
  return summaryLines({ result: result(ended), findings: view.findings, nextStep });
}

const blockOf = (name: string, lines: readonly string[]): string[] => {
  const from = lines.findIndex((line) => line.startsWith(`  ${name}`));
  const rest = lines.slice(from + 1);
  const to = rest.findIndex((line) => !line.startsWith('           '));
  return [lines[from] ?? '', ...rest.slice(0, to < 0 ? rest.length : to)];
};

test('a run that went well is told in five lines', () => {
  const usage = { inputTokens: 12_300, outputTokens: 2_100, cacheReadTokens: 0, cacheCreationTokens: 0 };
  expect(
    summaryOf({ calls: { ...NO_CALLS, total: 12, done: 12 }, usage, costUsd: 1.23 }, [settled(1)]),
  ).toEqual([
    'audit completed after 1m 05s',
    '  agents   12 done',
    '  tokens   12.3k in, 2.1k out',
    '  cost     $1.23',
    '  run      r-1',
  ]);
});

test('a run that did not: everything that wants looking at, and the way on as the last line', () => {
  const lines = summaryOf(
    {
      status: 'capped',
      error: { name: 'Error', message: 'the cap of agents is reached', stack: undefined },
      calls: {
        ...NO_CALLS,
        ...{ total: 47, done: 3, failed: 38, replayed: 4, stopped: 1, refused: 5, denied: 2 },
        ...{ skipped: 1, empty: 2, putBack: 3, unmetered: 1 },
      },
      usage: { inputTokens: 1_000, outputTokens: 500, cacheReadTokens: 1_200_000, cacheCreationTokens: 900 },
      costUsd: 0.5,
    },
    [
      ...Array.from({ length: 37 }, (_, at) => failed(at + 1, 'API Error: 529 Overloaded')),
      failed(38, 'no result event', { end: 'no-result' }),
      settled(39, { denials: ['Edit', 'Bash'] }),
      settled(40, { denials: ['Bash'], costUsd: null }),
      settled(41, {
        worktree: {
          path: '/w/41',
          branch: 'andwait/r-1/41',
          diffStat: ' a.ts | 2 +-\n 1 file changed, 1 insertion(+)\n',
        },
      }),
      refused('late'),
      refused('later'),
    ],
    'raise --max-agents and type: andwait resume r-1',
  );
  expect(lines).toEqual([
    'audit ended by a cap after 1m 05s',
    '  error    Error: the cap of agents is reached',
    '  agents   3 done, 38 failed, 1 skipped, 4 replayed, 1 stopped, 5 refused',
    '  failed   × 37 api-error: API Error: 529 Overloaded (#1 agent-1, #2 agent-2, #3 agent-3, …)',
    '           no-result: no result event (#38 agent-38)',
    '  refused  × 2 by the agents cap: the cap of agents is reached',
    '  denied   Bash × 2, Edit × 1',
    '  kept     /w/41 (branch andwait/r-1/41): 1 file changed, 1 insertion(+)',
    '  empty    2 calls replied without a word',
    '  again    3 calls put back, to wait for another agent',
    '  tokens   1.0k in, 500 out, 1.2M read from cache, 900 written to cache',
    '  no usage 1 call unmetered: neither tokens nor cost are known, and no budget saw them',
    '  cost     at least $0.50, 1 call unpriced',
    '  run      r-1',
    'raise --max-agents and type: andwait resume r-1',
  ]);
});

test.each<[string, RunResult['result'], readonly string[]]>([
  [
    'an object with a report',
    { report: '# Bugs', bugs: [] },
    ['  report   andwait result r-1 --field report'],
  ],
  ['a report that is no text', { report: null }, []],
  ['a text', 'report', []],
])('%s: how its report is read', (_name, returned, lines) => {
  expect(summaryOf({ result: returned }).filter((line) => line.startsWith('  report'))).toEqual(lines);
});

describe('the first line', () => {
  test.each([
    ['completed', 'audit completed after 1m 05s'],
    ['failed', 'audit failed after 1m 05s'],
    ['capped', 'audit ended by a cap after 1m 05s'],
    ['stopped', 'audit stopped after 1m 05s'],
    ['refused', 'audit refused before it ran'],
  ] as const)('%s', (status, line) => expect(summaryOf({ status })[0]).toBe(line));
});

describe('counts', () => {
  test.each([
    ['nothing ran', NO_CALLS, '  agents   0 done'],
    ['none done', { ...NO_CALLS, failed: 2 }, '  agents   0 done, 2 failed'],
    ['many', { ...NO_CALLS, done: 1_000, replayed: 1 }, '  agents   1,000 done, 1 replayed'],
  ])('%s', (_name, calls, line) => expect(summaryOf({ calls })[1]).toBe(line));
});

describe('cost', () => {
  test.each([
    ['none', 0, [], undefined],
    ['all priced', 0.0042, [settled(1)], '  cost     $0.0042'],
    [
      'none priced',
      0,
      [settled(1, { costUsd: null }), settled(2, { costUsd: null })],
      '  cost     2 calls unpriced',
    ],
  ])('%s', (_name, costUsd, events, line) => {
    expect(summaryOf({ costUsd }, events).find((each) => each.startsWith('  cost'))).toBe(line);
  });
});

describe('long lists are cut and say so', () => {
  test('messages: the most frequent first', () => {
    const events = Array.from({ length: 8 }, (_, kind) =>
      Array.from({ length: kind + 1 }, (_, at) => failed(kind * 100 + at, `message ${kind}`)),
    ).flat();
    const lines = blockOf('failed', summaryOf({}, events));
    expect(lines).toHaveLength(6);
    expect(lines[0]).toContain('× 8 api-error: message 7');
    expect(lines[5]).toBe('           … 6 more calls with 3 other messages');
  });

  test('worktrees', () => {
    const worktree = { path: '/w', branch: 'b', diffStat: '' };
    const events = Array.from({ length: 30 }, (_, at) => settled(at, { worktree }));
    expect(blockOf('kept', summaryOf({}, events)).at(-1)).toBe('           … 10 more worktrees');
  });

  test('stack lines', () => {
    const stack = [
      'Error: x',
      ...Array.from({ length: 40 }, (_, at) => `    at f${at} (audit.js:${at}:1)`),
    ].join('\n');
    const lines = blockOf('error', summaryOf({ error: { name: 'Error', message: 'x', stack } }));
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toBe('           … 29 more lines');
  });
});

describe('an error', () => {
  test.each([
    [
      'without a stack',
      'TypeError',
      'x is not a function',
      undefined,
      ['  error    TypeError: x is not a function'],
    ],
    [
      'with a stack that repeats it',
      'TypeError',
      'x is not a function',
      'TypeError: x is not a function\n    at audit.js:3:1',
      ['  error    TypeError: x is not a function', '               at audit.js:3:1'],
    ],
    [
      'with a stack of frames alone',
      'TypeError',
      'no',
      '    at audit.js:3:1',
      ['  error    TypeError: no', '               at audit.js:3:1'],
    ],
  ])('%s', (_name, name, message, stack, lines) => {
    expect(blockOf('error', summaryOf({ error: { name, message, stack } }))).toEqual(lines);
  });
});

test('hostile text can neither move the cursor nor begin a line like ours', () => {
  const hostile = '\x1b[2Ja\n  run      r-evil\u202e';
  const lines = summaryOf(
    { name: hostile, usage: NO_USAGE, error: { name: 'Error', message: hostile, stack: undefined } },
    [
      failed(1, hostile, { label: hostile }),
      settled(2, { denials: [hostile], worktree: { path: hostile, branch: hostile, diffStat: hostile } }),
    ],
  );
  expect(lines.join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(lines.filter((line) => line.startsWith('  run'))).toEqual(['  run      r-1']);
});
