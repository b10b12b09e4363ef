/** What agents and scripts said, on stdout: to the byte for a program; on a terminal it steers nothing. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { writeItem } from '../../../src/cli/map/map-output.ts';
import { saidOn } from '../../../src/cli/print-lines.ts';
import { runOutput } from '../../../src/cli/run/run-output.ts';
import type { RunResult } from '../../../src/core/run.ts';
import { reply } from '../../support/calls.ts';

const HOSTILE = '\u001b]52;c;cm0gLXJm\u0007\u001b[31mred\u202e';
const terminal = () => Object.assign(new PassThrough(), { isTTY: true });
const pipe = () => new PassThrough();
const completed = { status: 'completed', error: null, result: HOSTILE } as RunResult;

test.each([
  ['a pipe', pipe, `${HOSTILE}\n`],
  ['a terminal', terminal, 'red\n'],
])('the value of a run, on %s', async (_name, open, told) => {
  const stdout = open();
  await runOutput('text', stdout).end(completed);
  expect(await text(stdout.end())).toBe(told);
});

test('events of a run, on a terminal', async () => {
  const stdout = terminal();
  const output = runOutput('ndjson', stdout);
  output.event({ type: 'log', text: '\u202e\u009b31m', call: undefined, at: 0 });
  await output.end({ ...completed, result: '\u009b31m' });
  expect(await text(stdout.end())).not.toMatch(/[\u009b\u202e]/);
});

test.each([
  ['a pipe', pipe, `${HOSTILE}\n`],
  ['a terminal', terminal, 'red\n'],
])('the answer to an item, on %s', async (_name, open, told) => {
  const stdout = open();
  await writeItem(
    {
      item: { seq: 1, text: 'a', input: 'a', fields: undefined, problem: undefined },
      prompt: 'p',
      end: { kind: 'called', call: 1, outcome: reply(HOSTILE), replayed: false },
      startedAt: 0,
      durationMs: 1,
    },
    {
      stdout,
      output: 'text',
      tag: false,
      resultsDir: undefined,
      joblog: undefined,
      isLost: () => false,
      before: () => {},
    },
  );
  expect(await text(stdout.end())).toBe(told);
});

test('lines and tabs stay', () => expect(saidOn(terminal(), 'a\tb\nc\n')).toBe('a\tb\nc\n'));
