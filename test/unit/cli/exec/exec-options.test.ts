import { expect, test } from 'vitest';
import { type ExecFlags, execCommandLine } from '../../../../src/cli/exec/exec-options.ts';
import { commandText } from '../../../../src/cli/exec/exec-plan.ts';

const FLAGS: ExecFlags = {
  resume: undefined,
  cwd: undefined,
  concurrency: undefined,
  'max-agents': undefined,
  'budget-tokens': undefined,
  'max-cost': undefined,
  timeout: undefined,
  'idle-timeout': undefined,
  'wait-for-quota': undefined,
  'fail-on': undefined,
  quiet: false,
};
const CAPS = { concurrency: 2, agents: 1000, outputTokens: null };

test.each([
  ['words with dashes', ['exec', '--quiet', '--', 'make', '-j8', '--', 'x'], ['make', '-j8', '--', 'x']],
  ['empty words', ['exec', '--', 'sh', '-c', '', ''], ['sh', '-c', '', '']],
])('the command is what stands behind --, untouched: %s', (_name, argv, command) => {
  expect(execCommandLine(FLAGS, argv).command).toEqual(command);
});

test('caps that are not given stay as they were', () => {
  const { caps } = execCommandLine({ ...FLAGS, 'max-agents': '7' }, ['exec', '--', 'true']);
  expect(caps(CAPS)).toEqual({ ...CAPS, agents: 7 });
});

test.each([
  ['nothing said', undefined, undefined],
  ['seconds', '1.5', 1500],
  ['off', 'off', null],
])('how long a call may be silent: %s', (_name, flag, idleMs) => {
  const line = execCommandLine({ ...FLAGS, 'idle-timeout': flag }, ['exec', '--', 'true']);
  expect(line.idleMs).toBe(idleMs);
});

test.each([
  ['no time', { ...FLAGS, timeout: '0' }, ['exec', '--', 'true'], '--timeout "0"'],
  ['no silence', { ...FLAGS, 'idle-timeout': 'on' }, ['exec', '--', 'true'], '--idle-timeout "on"'],
  ['no command', FLAGS, ['exec'], 'exec needs a command behind `--`'],
  ['nothing behind --', FLAGS, ['exec', '--'], 'exec needs a command behind `--`'],
  ['an unset variable', FLAGS, ['exec', '--', '', 'x'], 'is a variable unset?'],
  ['no number', { ...FLAGS, concurrency: '2x' }, ['exec', '--', 'true'], '--concurrency "2x"'],
])('%s is refused', (_name, flags, argv, message) => {
  expect(() => execCommandLine(flags, argv)).toThrow(message);
});

test('a run that is resumed knows its command', () => {
  expect(execCommandLine({ ...FLAGS, resume: 'r1' }, ['exec', '--resume', 'r1']).command).toEqual([]);
});

test('a command is shown as it would be typed', () => {
  expect(commandText(['sh', '-c', "echo it's $HOME", 'a/b.sh', ''])).toBe(
    `sh -c 'echo it'\\''s $HOME' a/b.sh ''`,
  );
});
