import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import { attempt, RecordedRunFiles, RUN_ID, settled, started } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { TerminalRig } from '../terminal-rig.ts';

const has = (part: string) => (lines: readonly string[]) => lines.some((line) => line.includes(part));
const text = (words: string) => ({
  type: 'assistant',
  message: { content: [{ type: 'text', text: words }] },
});

async function runAtWork() {
  const home = temporaryFolder();
  const run = new RecordedRunFiles(home);
  const lock = await run.lock();
  run.record(attempt(), started(1), started(2), settled(2));
  run.says(1, { type: 'andwait/call', call: 1, label: 'agent-1', prompt: 'Find bugs' });
  return { home, run, lock };
}

test("the run's log and the ends of its calls, as they come, until it ends", async () => {
  const { home, run, lock } = await runAtWork();
  const logs = new TerminalRig(home, ['logs', '--last', '-f']);
  await logs.until(has('done     #2'));
  run.record({ type: 'log', text: 'half\nway', at: 1 });
  await logs.until(has('way'));
  run.record(settled(1, failure('timeout', 'too slow')));
  run.ends({ status: 'failed' });
  expect(await logs.end()).toBe(0);
  expect(logs.lines).toEqual([
    `run      audit ${RUN_ID}, agents: claude 9.9.9`,
    'done     #2 agent-2: 2.0s, 1.0k in 200 out, $0.01',
    'log      half',
    '         way',
    'failed   #1 agent-1: 2.0s; timeout: too slow',
    'end      failed',
  ]);
  expect(logs.clock.pending).toEqual([]);
  await lock.release();
});

test('its records themselves', async () => {
  const { home, run, lock } = await runAtWork();
  const logs = new TerminalRig(home, ['logs', RUN_ID, '--follow', '--json']);
  await logs.until(has('"type":"outcome","call":2'));
  run.record({ type: 'log', text: 'hello', at: 1 });
  run.ends();
  expect(await logs.end()).toBe(0);
  const types = logs.lines.map((line) => JSON.parse(line).type);
  expect(types).toEqual(['header', 'attempt', 'started', 'started', 'outcome', 'log', 'end']);
  await lock.release();
});

test("what a recipe's own call printed, to the end of a line that has none", async () => {
  const { home, run, lock } = await runAtWork();
  run.record(started(3));
  writeFileSync(run.folder.printedFile(3), 'A review\nthat br');
  const logs = new TerminalRig(home, ['logs', '--last', '3', '-f']);
  await logs.until(has('A review'));
  run.record(settled(3));
  expect(await logs.end()).toBe(0);
  expect(logs.lines).toEqual(['A review', 'that br']);
  await lock.release();
});

test("one agent's words until its outcome", async () => {
  const { home, run, lock } = await runAtWork();
  const logs = new TerminalRig(home, ['logs', '--last', '1', '-f']);
  await logs.until(has('prompt   Find bugs'));
  run.says(1, text('I look\x1b[31m'));
  await logs.until(has('text     I look'));
  run.record(settled(1, failure('killed', 'by SIGKILL')));
  expect(await logs.end()).toBe(0);
  expect(logs.lines).toEqual(['prompt   Find bugs', 'text     I look', 'call 1 failed (killed): by SIGKILL']);
  await lock.release();
});

test('a call that has not started yet is waited for', async () => {
  const { home, run, lock } = await runAtWork();
  const logs = new TerminalRig(home, ['logs', '--last', '3', '-f']);
  run.record(started(3));
  run.says(3, text('here I am'));
  await logs.until(has('text     here I am'));
  run.record(settled(3));
  expect(await logs.end()).toBe(0);
  await lock.release();
});

test('one that never comes is told when the run ends', async () => {
  const { home, run, lock } = await runAtWork();
  const logs = new TerminalRig(home, ['logs', '--last', '9', '-f']);
  run.ends();
  expect(await logs.end()).toBe(2);
  expect(logs.stderr).toBe(`andwait: run ${RUN_ID} made no call 9\n`);
  await lock.release();
});

test('what an attempt that was cut off left open is over', async () => {
  const { home, run, lock } = await runAtWork();
  run.record(attempt(2));
  const logs = new TerminalRig(home, ['logs', '--last', '1', '-f']);
  expect(await logs.end()).toBe(0);
  expect(logs.lines).toEqual(['prompt   Find bugs', 'call 1 was cut off before it had an outcome']);
  await lock.release();
});

test.each([
  [['logs', '-f'], /logs needs one RUN: its id, the beginning of one, or --last/],
  [['logs', 'r', '1', '--last'], /--last stands for the run; received "r" as well/],
  [['logs', '--last', 'x', '-f'], /CALL "x": expected a whole number above 0/],
])('%j is refused', async (argv, message) => {
  const { home, lock } = await runAtWork();
  const logs = new TerminalRig(home, argv);
  expect(await logs.end()).toBe(2);
  expect(logs.stderr).toMatch(message);
  await lock.release();
});
