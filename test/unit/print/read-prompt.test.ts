import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type PromptReading, readPrompt } from '../../../src/print/read-prompt.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const NEVER = new AbortController().signal;

async function promptOf(
  argument: string | undefined,
  chunks: readonly (string | Buffer)[],
): Promise<PromptReading> {
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  return await readPrompt({ argument, stdin, clock: new ManualClock(), warn: () => {} }, NEVER);
}

test.each<[string, string | undefined, (string | Buffer)[], string]>([
  ['the argument', 'arg', [], 'arg'],
  ['stdin', undefined, ['ECHO:', 'x\n'], 'ECHO:x\n'],
  ['both', 'arg', ['in\n'], 'arg\nin\n'],
  ['an empty argument and stdin', '', ['in'], 'in'],
  ['a character cut in two by the pipe', undefined, [Buffer.from([0xc3]), Buffer.from([0xa4])], 'ä'],
])('the prompt is %s', async (_name, argument, chunks, prompt) => {
  expect(await promptOf(argument, chunks)).toEqual({ kind: 'ok', prompt });
});

test.each<[string, string | undefined, string[], RegExp]>([
  ['nothing', undefined, [], /^Error: Input must be provided either through stdin or as a prompt argument/],
  ['an empty argument', '', [], /^Error: Input must be provided/],
  ['blanks on stdin', undefined, [' \n '], /^Error: Input contained only whitespace\. /],
  ['blanks as argument', '   ', [], /^Error: Input contained only whitespace\. /],
])('refused: %s', async (_name, argument, chunks, message) => {
  expect(await promptOf(argument, chunks)).toEqual({
    kind: 'error',
    message: expect.stringMatching(message),
  });
});

test('more than 10 MiB on stdin is refused before all of it has come', async () => {
  const limit = 10 * 1024 * 1024;
  expect(await promptOf(undefined, [Buffer.alloc(limit, 'a')])).toMatchObject({ kind: 'ok' });
  const stdin = new PassThrough();
  const reading = readPrompt({ argument: 'x', stdin, clock: new ManualClock(), warn: () => {} }, NEVER);
  stdin.write(Buffer.alloc(limit, 'a'));
  stdin.write('a');
  expect(await reading).toEqual({
    kind: 'error',
    message: expect.stringMatching(/stdin input exceeds 10MB/),
  });
});

test('a terminal is not read', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const reading = await readPrompt(
    { argument: 'arg', stdin, clock: new ManualClock(), warn: () => {} },
    NEVER,
  );
  expect(reading).toEqual({ kind: 'ok', prompt: 'arg' });
});

test('a pipe that stays silent for 3 s is given up, with a warning', async () => {
  const clock = new ManualClock();
  const stdin = new PassThrough();
  const warnings: string[] = [];
  const reading = readPrompt({ argument: 'arg', stdin, clock, warn: (text) => warnings.push(text) }, NEVER);
  await clock.timerSet(3000);
  clock.advance(2999);
  expect(warnings).toEqual([]);
  clock.advance(1);
  expect(await reading).toEqual({ kind: 'ok', prompt: 'arg' });
  expect(warnings).toEqual([
    expect.stringMatching(/^Warning: no stdin data received in 3s, proceeding without it\./),
  ]);
  expect(stdin.destroyed).toBe(true);
});

test('a pipe that has begun to speak may take its time', async () => {
  const clock = new ManualClock();
  const stdin = new PassThrough();
  const reading = readPrompt({ argument: undefined, stdin, clock, warn: () => {} }, NEVER);
  await new Promise((resolve) => stdin.once('data', resolve).write('first '));
  clock.advance(60_000);
  stdin.end('last');
  expect(await reading).toEqual({ kind: 'ok', prompt: 'first last' });
});

test('stdin that cannot be read is told', async () => {
  const stdin = new PassThrough();
  const reading = readPrompt({ argument: 'arg', stdin, clock: new ManualClock(), warn: () => {} }, NEVER);
  stdin.destroy(new Error('EISDIR: illegal operation on a directory, read'));
  expect(await reading).toEqual({
    kind: 'error',
    message: 'Error: stdin cannot be read: EISDIR: illegal operation on a directory, read',
  });
});

test('a signal ends the waiting', async () => {
  const controller = new AbortController();
  const clock = new ManualClock();
  const reading = readPrompt(
    { argument: undefined, stdin: new PassThrough(), clock, warn: () => {} },
    controller.signal,
  );
  controller.abort(new Error('over'));
  await expect(reading).rejects.toThrow('over');
  expect(clock.pending).toEqual([]);
});
