import { expect, test } from 'vitest';
import {
  annotationLine,
  annotationLines,
  groupLine,
  withoutCommands,
} from '../../../../src/report/ci/github-commands.ts';
import { commandsIn } from '../../../support/programs/github-runner.ts';

test('what an agent said stays one command, whatever it holds', () => {
  const line = annotationLine({
    level: 'error',
    title: 'a: b, c%\n::d',
    message: '100%\r\n::warning::x, y: z',
  });
  expect(line).toBe('::error title=a%3A b%2C c%25%0A%3A%3Ad::100%25%0D%0A::warning::x, y: z');
  expect(commandsIn(line)).toHaveLength(1);
  expect(groupLine('a\nb')).toBe('::group::a%0Ab');
});

test('as many annotations as are shown, and how many there are beyond', () => {
  const of = (level: 'error' | 'warning', count: number) =>
    Array.from({ length: count }, (_, at) => ({ level, title: 't', message: `${level} ${at}` }));
  expect(annotationLines(of('error', 10), 'look')).toHaveLength(10);
  const lines = annotationLines([...of('error', 30), ...of('warning', 2)], 'look there');
  expect(lines).toHaveLength(12);
  expect(lines[9]).toBe('::error title=andwait::21 more errors: look there');
});

test.each([
  ['nothing to do', 'a::b # ##\n', 'a::b # ##\n'],
  ['a command', 'x\n  ::error::y\n', 'x\n  :\u200b:error::y\n'],
  ['an old one', 'see ##[error]y', 'see #\u200b#[error]y'],
])('text of a log: %s', (_name, text, expected) => {
  expect(withoutCommands(text)).toBe(expected);
  expect(commandsIn(withoutCommands(text))).toEqual([]);
});

test('JSON says the same without its commands', () => {
  const text = `${JSON.stringify({ a: '##[error]x\n::b' })}\n${JSON.stringify('##[c]')}\n`;
  const safe = withoutCommands(text);
  expect(commandsIn(safe)).toEqual([]);
  const values = (lines: string) =>
    lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(values(safe)).toEqual(values(text));
});
