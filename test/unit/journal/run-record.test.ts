import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runIds } from '../../../src/journal/find-run.ts';
import { RunFolder } from '../../../src/journal/run-folder.ts';
import { takeRunLock } from '../../../src/journal/run-lock.ts';
import { readRun } from '../../../src/journal/run-record.ts';
import { encodeRecord, type JournalRecord } from '../../../src/wire/records/record.ts';
import { attempt } from '../../support/runs/recorded-run.ts';
import { DESCRIPTION } from '../../support/runs/run-description.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HEADER: JournalRecord = { type: 'header', format: 1, runId: 'r', version: '0.1.0', at: 0 };

function ended(attempt: number): JournalRecord {
  return { type: 'end', attempt, status: 'completed', at: 0 };
}

function resultOf(...attempts: readonly number[]): unknown {
  return { status: 'completed', attempts: attempts.map((attempt) => ({ attempt })) };
}

test('a result of an earlier version, which counted fewer kinds of ends, loads', async () => {
  const calls = { total: 2, done: 1, failed: 1, replayed: 0, stopped: 0, refused: 0, denied: 0 };
  const folder = folderWith([HEADER, attempt(1), ended(1)], { ...(resultOf(1) as object), calls });
  const told = (await readRun(folder))?.result?.calls;
  expect(told).toMatchObject({ ...calls, empty: 0, skipped: 0, failures: {}, unmetered: 0 });
});

function folderWith(records: readonly JournalRecord[], result: unknown, description: unknown = DESCRIPTION) {
  const folder = new RunFolder(temporaryFolder(), 'r');
  mkdirSync(folder.dir, { recursive: true });
  writeFileSync(folder.descriptionFile, JSON.stringify(description));
  writeFileSync(folder.journalFile, [HEADER, ...records].map(encodeRecord).join(''));
  if (result !== undefined) writeFileSync(folder.resultFile, JSON.stringify(result));
  return folder;
}

const ONE = [attempt(1), ended(1)];
const TWO = [...ONE, attempt(2)];

test.each<[string, readonly JournalRecord[], unknown, string]>([
  ['ended', ONE, resultOf(1), 'ended'],
  ['ended, its result without attempts', ONE, { status: 'completed' }, 'ended'],
  ['cut off between its end and its result', ONE, undefined, 'unfinished'],
  ['resumed and cut off', TWO, resultOf(1), 'unfinished'],
  ['resumed, cut off between its end and its result', [...TWO, ended(2)], resultOf(1), 'unfinished'],
  ['resumed and ended', [...TWO, ended(2)], resultOf(1, 2), 'ended'],
])('%s', async (_, records, result, state) => {
  const run = await readRun(folderWith(records, result));
  expect(run?.state).toBe(state);
  expect(run?.result).toEqual(state === 'ended' ? result : undefined);
});

test('one that is resumed runs, whatever its older result says', async () => {
  const folder = folderWith(TWO, resultOf(1));
  const lock = await takeRunLock(folder.dir);
  expect(await readRun(folder)).toMatchObject({ state: 'running', result: undefined });
  await lock?.release();
});

test('a day’s standing run is neither ended nor cut off when nobody has it', async () => {
  const folder = folderWith([attempt(1)], undefined, { ...DESCRIPTION, kind: 'standing' });
  expect(await readRun(folder)).toMatchObject({ state: 'standing', result: undefined });
});

describe('files of a wrong shape are refused by name', () => {
  test.each<[unknown, RegExp]>([
    [null, /run\.json is damaged \(the whole: expected object\)/],
    [[], /run\.json is damaged \(the whole: expected object\)/],
    [{ ...DESCRIPTION, runId: 7 }, /run\.json is damaged \(runId: expected string\)/],
    [
      { ...DESCRIPTION, options: { ...DESCRIPTION.options, caps: null } },
      /run\.json is damaged \(options\.caps: expected object\)/,
    ],
  ])('run.json %j', async (description, message) => {
    await expect(readRun(folderWith(ONE, resultOf(1), description))).rejects.toThrow(message);
  });

  test.each<[unknown, RegExp]>([
    [null, /result\.json is damaged \(the whole: expected object\)/],
    [{ status: 'completed', attempts: 'none' }, /result\.json is damaged \(attempts: expected array\)/],
  ])('result.json %j', async (result, message) => {
    await expect(readRun(folderWith(ONE, result))).rejects.toThrow(message);
  });
});

test('only folders are runs', () => {
  const state = temporaryFolder();
  for (const id of ['a', 'b']) mkdirSync(path.join(state, 'runs', id), { recursive: true });
  writeFileSync(path.join(state, 'runs/.DS_Store'), '');
  expect(runIds(state)).toEqual(['b', 'a']);
});
