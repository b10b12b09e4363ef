import { appendFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CallLog } from '../../../../src/cli/reading/call-log.ts';
import { RecordedRunFiles } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const EVENT = { type: 'assistant', message: { content: [{ type: 'text', text: 'hello' }] } };

function setUp(asJson = false) {
  const run = new RecordedRunFiles(temporaryFolder());
  return { run, log: new CallLog(run.folder, 1, { asJson }), printed: run.folder.printedFile(1) };
}

test('nothing before there is a file, then words as they come', () => {
  const { run, log } = setUp();
  expect(log.read()).toEqual([]);
  run.says(1, EVENT);
  expect(log.read()).toEqual(['text     hello']);
  expect(log.read()).toEqual([]);
});

test("what a recipe's own call printed, as it is but harmless; its last line may have no end", () => {
  const { log, printed } = setUp();
  writeFileSync(printed, 'A review\n\n\x1b[2Jof files');
  expect(log.read()).toEqual(['A review', '']);
  appendFileSync(printed, '!');
  expect(log.rest()).toEqual(['of files!']);
});

test('a recipe that asked for stream-json is told in words', () => {
  const { log, printed } = setUp();
  writeFileSync(printed, `${JSON.stringify(EVENT)}\n`);
  expect(log.read()).toEqual(['text     hello']);
});

test('the lines themselves', () => {
  const { run, log } = setUp(true);
  run.says(1, EVENT);
  expect(log.read()).toEqual([JSON.stringify(EVENT)]);
});

test('what an agent put in its place is not read: a pipe has no end, a link leads anywhere', () => {
  const { run, log } = setUp();
  const elsewhere = `${run.folder.dir}/elsewhere`;
  writeFileSync(elsewhere, 'a secret\n');
  symlinkSync(elsewhere, run.folder.transcriptFile(1));
  expect(log.rest()).toEqual([]);
});
