import { mkdirSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { handOver } from '../../../../src/cli/new/hand-over.ts';
import type { NewCommandLine } from '../../../../src/cli/new/new-options.ts';
import { NewTerminal } from '../../../../src/cli/new/new-terminal.ts';
import type { Program, ProgramSignal } from '../../../../src/core/program.ts';
import { defaultOptions, EMPTY_TALLY, type RunResult } from '../../../../src/core/run.ts';
import { RunFolder } from '../../../../src/journal/run-folder.ts';
import { parseScript } from '../../../../src/script/parse-script.ts';
import { until } from '../../../support/looking.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const TEXT = "export const meta = { name: 'n', description: 'd' }\nreturn await agent('x')\n";

const RESULT: RunResult = {
  type: 'result',
  runId: '20261122-1',
  name: 'new x',
  status: 'completed',
  result: TEXT,
  error: null,
  ...EMPTY_TALLY,
  durationMs: 1,
  attempts: [],
};

interface Person {
  /** stdin and stderr are a terminal, and stdout is, too. */
  readonly isThere?: boolean;
  readonly stdoutIsPipe?: boolean;
}

/** A good script, handed over to somebody who may be at the terminal. */
function handing(over: Partial<NewCommandLine> = {}, { isThere = false, stdoutIsPipe = false }: Person = {}) {
  const home = temporaryFolder();
  const clock = new ManualClock();
  const folder = new RunFolder(home, '20261122-1');
  mkdirSync(folder.dir, { recursive: true });
  const stdin = Object.assign(new PassThrough(), { isTTY: isThere });
  const text = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr', isTTY: boolean) =>
    Object.assign(
      new PassThrough().on('data', (chunk: Buffer) => {
        text[name] += chunk;
      }),
      { isTTY },
    );
  let onSignal = (_: ProgramSignal): void => {};
  const program = {
    env: { ANDWAIT_HOME: home },
    ...{ cwd: home, homeDir: home, distDir: home, uid: 0, stdin, clock },
    stdout: sink('stdout', isThere && !stdoutIsPipe),
    stderr: sink('stderr', isThere),
    onSignal: (signal: ProgramSignal, listener: () => void) => {
      if (signal === 'SIGINT') onSignal = listener;
      return () => {};
    },
  } as unknown as Program;
  const line: NewCommandLine = {
    ...{ task: 'x', name: undefined, cwd: undefined, args: undefined, arg: [] },
    options: defaultOptions(2),
    ...{ run: 'never', save: undefined, out: undefined, json: false, quiet: false },
    ...over,
  };
  const script = parseScript(TEXT, 'draft-1.js');
  const { attempts: _, ...rehearsed } = RESULT;
  const draft = { text: TEXT, args: undefined, script, rehearsal: { end: rehearsed, calls: [], logs: [] } };
  const authored = { result: RESULT, folder, written: { kind: 'good', draft, drafts: 1 } } as const;
  const terminal = new NewTerminal(line.quiet, program);
  const end = handOver(draft, authored, line, terminal, program);
  /** Until the question stands there. */
  const asked = async (): Promise<void> => {
    await clock.timerSet(50);
    await new Promise(setImmediate);
    clock.advance(50);
    await until(() => text.stderr.includes('[y/N] '));
  };
  return { end, stdin, text, asked, signal: () => onSignal('SIGINT') };
}

test('nobody is there: the script on stdout, and where it is kept', async () => {
  const { end, text } = handing();
  expect(await end).toEqual({ kind: 'over', code: 0 });
  expect(text.stdout).toBe(TEXT);
  expect(text.stderr).not.toContain('[y/N]');
  expect(text.stderr).toMatch(/run it with: andwait run \S+script\.js\n/);
});

test.each([
  ['y\n', 'run'],
  ['YES\n', 'run'],
  ['\n', 'over'],
  ['yellow\n', 'over'],
  ['n\n', 'over'],
  [`${'y'.repeat(5000)}`, 'over'],
])('somebody is there and says %j', async (answer, kind) => {
  const { end, stdin, text, asked } = handing({}, { isThere: true });
  await asked();
  stdin.write(answer);
  expect(await end).toMatchObject({ kind });
  expect(text.stdout).toContain(TEXT);
});

test('an end of input is no consent', async () => {
  const { end, stdin, asked } = handing({ run: 'ask' }, { isThere: true });
  await asked();
  stdin.end();
  expect(await end).toMatchObject({ kind: 'over' });
});

test('what was typed before the question was seen is no consent, nor is an end of input by then', async () => {
  const { end, stdin, text, asked } = handing({ run: 'ask' }, { isThere: true });
  stdin.write('y\n');
  await asked();
  stdin.write('n\n');
  expect(await end).toMatchObject({ kind: 'over' });
  expect(text.stderr).toContain('run it with:');
  const gone = handing({ run: 'ask' }, { isThere: true });
  gone.stdin.end('y\n');
  await gone.asked();
  expect(await gone.end).toMatchObject({ kind: 'over' });
});

test('with --run stdout is the run’s: the script is shown before the question all the same', async () => {
  const { end, stdin, text, asked } = handing({ run: 'ask' }, { isThere: true });
  await asked();
  stdin.write('y\n');
  expect(await end).toEqual({ kind: 'run' });
  expect(text.stdout).toBe('');
  expect(text.stderr).toContain(TEXT);
  expect(text.stderr.indexOf(TEXT)).toBeLessThan(text.stderr.indexOf('Run it now? [y/N]'));
});

test('a script that goes into a file is not followed there by a result', async () => {
  const { end, text } = handing({}, { isThere: true, stdoutIsPipe: true });
  expect(await end).toEqual({ kind: 'over', code: 0 });
  expect(text.stdout).toBe(TEXT);
});

test.each([
  [{ out: 'mine.js' }],
  [{ json: true }],
  [{ save: { place: 'project', replace: false } }],
] as const)('who said what is to become of it is not asked: %j', async (over) => {
  const { end, text } = handing(over, { isThere: true });
  expect(await end).toEqual({ kind: 'over', code: 0 });
  expect(text.stderr).not.toContain('[y/N]');
});

test('--yes asks nobody', async () => {
  const { end, text } = handing({ run: 'unasked' }, { isThere: true });
  expect(await end).toEqual({ kind: 'run' });
  expect(text.stderr).not.toContain('[y/N]');
});

test('Ctrl-C at the question is a no, and ends it', async () => {
  const { end, signal } = handing({ run: 'ask' }, { isThere: true });
  setImmediate(signal);
  await expect(end).rejects.toThrow('stopped by SIGINT');
});
