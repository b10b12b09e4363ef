import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type Program, type ProgramSignal, VERSION } from '../../../src/core/program.ts';
import { printMain } from '../../../src/print/main.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A program whose world is this object: nothing of it is the test's own process. */
function program(argv: readonly string[], env: Record<string, string> = {}) {
  const stdin = new PassThrough();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const listeners = new Map<ProgramSignal, Set<() => void>>();
  const clock = new ManualClock();
  const whole: Program = {
    argv,
    env,
    cwd: '/somewhere',
    stdin,
    stdout,
    stderr,
    clock,
    random: () => 0.5,
    nodePath: process.execPath,
    distDir: '/nowhere',
    cores: 2,
    pid: 1,
    uid: 0,
    homeDir: undefined,
    kill: () => {},
    ignoredSignals: [],
    onSignal(signal, listener) {
      const set = listeners.get(signal) ?? new Set();
      listeners.set(signal, set.add(listener));
      return () => set.delete(listener);
    },
  };
  const signal = (name: ProgramSignal): void => {
    for (const listener of listeners.get(name) ?? []) listener();
  };
  const listening = (): number => [...listeners.values()].reduce((sum, set) => sum + set.size, 0);
  const written = (stream: PassThrough): string => String(stream.read() ?? '');
  return { whole, stdin, stdout, stderr, clock, signal, listening, written };
}

describe('without a session', () => {
  test.each([
    [['--version'], 0, `${VERSION} (andwait-print)\n`, ''],
    [['-h'], 0, expect.stringMatching(/^Usage: andwait-print/), ''],
    [['--nope'], 1, '', "error: unknown option '--nope'\n"],
    [['--max-turns', 'x', 'hi'], 1, '', expect.stringContaining('must be a number')],
  ])('%j', async (argv, code, out, err) => {
    const { whole, stdout, stderr, written } = program(argv);
    expect(await printMain(whole)).toBe(code);
    expect(written(stdout)).toEqual(out);
    expect(written(stderr)).toEqual(err);
  });

  test('a version that nobody reads', async () => {
    const { whole, stdout } = program(['--version']);
    stdout.destroy();
    expect(await printMain(whole)).toBe(0);
  });
});

describe('what is written', () => {
  const rehearsed = async (...argv: string[]): Promise<string> => {
    const { whole, stdin, stdout, written } = program(['hi', '--rehearse', ...argv]);
    stdin.end();
    expect(await printMain(whole)).toBe(0);
    return written(stdout);
  };

  test('text', async () => {
    expect(await rehearsed()).toBe('An answer to “hi” (rehearsal)\n');
  });

  test('the result alone, one line', async () => {
    expect(JSON.parse(await rehearsed('--output-format', 'json'))).toMatchObject({ type: 'result' });
  });

  test('every event, a line each', async () => {
    const lines = (await rehearsed('--output-format', 'stream-json', '--verbose')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(['system', 'assistant', 'result']);
  });
});

describe('ended from outside', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s before there is a prompt: %i, nothing written, nothing left behind', async (name, code) => {
    const { whole, stdin, stdout, stderr, clock, signal, listening, written } = program(['--rehearse']);
    const ended = printMain(whole);
    await clock.timerSet(3000);
    signal(name);
    expect(await ended).toBe(code);
    expect(written(stdout) + written(stderr)).toBe('');
    expect({ listening: listening(), timers: clock.pending, stdin: stdin.destroyed }).toEqual({
      listening: 0,
      timers: [],
      stdin: true,
    });
  });

  test('a reader that goes away', async () => {
    const { whole, stdin, stdout, clock } = program(['hi', '--rehearse']);
    const ended = printMain(whole);
    await clock.timerSet(3000);
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    stdin.end();
    expect(await ended).toBe(141);
  });
});
