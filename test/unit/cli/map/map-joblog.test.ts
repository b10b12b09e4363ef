import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { failedItems, JoblogWriter, readJoblog } from '../../../../src/cli/map/map-joblog.ts';
import { failure, type Outcome } from '../../../../src/core/outcome.ts';
import type { ItemResult } from '../../../../src/workflow/map/ask-item.ts';
import { reply } from '../../../support/calls.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function result(seq: number, prompt: string, outcome: Outcome): ItemResult {
  return {
    item: { seq, text: 'i', input: 'i', fields: undefined, problem: undefined },
    prompt,
    end: { kind: 'called', call: seq, outcome, replayed: false },
    startedAt: 1_376_577_364_974,
    durationMs: 8,
  };
}

function written(results: readonly ItemResult[], before?: string): string {
  const file = path.join(temporaryFolder(), 'log');
  if (before !== undefined) writeFileSync(file, before);
  const log = JoblogWriter.open(file, before !== undefined);
  for (const each of results) log.add(each);
  log.close();
  return file;
}

const HEADER = 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n';

test('columns and figures as GNU parallel writes them', () => {
  const file = written([
    result(1, 'say é', reply('ok')),
    result(2, 'two\nlines\tand a tab', failure('agent-error', 'no')),
    result(3, 'slow', failure('timeout', 'no')),
    result(4, 'stopped', failure('stopped', 'no')),
  ]);
  expect(readFileSync(file, 'utf8')).toBe(
    `${HEADER}1\t:\t1376577364.974\t     0.008\t6\t3\t0\t0\tsay é
2\t:\t1376577364.974\t     0.008\t19\t0\t1\t0\ttwo\0lines\tand a tab
3\t:\t1376577364.974\t     0.008\t4\t0\t-1\t0\tslow
`,
  );
});

test('a log that is gone on with keeps what it has, torn last line included', () => {
  const file = written([result(2, 'b', reply(''))], `${HEADER}1\t:\t0.000\t     0.0`);
  expect(readFileSync(file, 'utf8')).toMatch(/ {5}0\.0\n2\t:\t/);
});

test('what is read back: each item by its last line, whatever else stands there', async () => {
  const file = written(
    [result(2, 'b', reply('')), result(2000, 'far\n\noff', failure('agent-error', 'no'))],
    `${HEADER}1\t:\t0.000\t     0.001\t0\t0\t1\t0\ta\n2\t:\t0.000\t     0.001\t0\t0\t1\t0\tb\n3\t:\t0.000\t     0.001\t0\t0\t0\t15\tkilled\nrubbish\n99999999999\t:\t0\t0\t0\t0\t1\t0\tx\n`,
  );
  const items = await readJoblog(file);
  expect([1, 2, 3, 4, 2000].map((seq) => [items.isLogged(seq), items.hasFailed(seq)])).toEqual([
    [true, true],
    [true, false],
    [true, true],
    [false, false],
    [true, true],
  ]);
  const failed: unknown[] = [];
  for await (const { seq, text } of failedItems(file)) failed.push([seq, text]);
  expect(failed).toEqual([
    [1, 'a'],
    [3, 'killed'],
    [2000, 'far\n\noff'],
  ]);
});

test('a log that is not there tells of nothing', async () => {
  expect((await readJoblog(path.join(temporaryFolder(), 'none'))).isLogged(1)).toBe(false);
});
