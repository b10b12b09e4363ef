import { describe, expect, test } from 'vitest';
import { bashLine, wordsTyped } from '../../../../src/cli/completion/shell-line.ts';

describe('the words of bash', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['nothing yet', ['andwait', ''], ['']],
    ['plain ones', ['andwait', 'run', 'au'], ['run', 'au']],
    ['a flag and its value', ['andwait', 'run', '--agent', '=', 'pr'], ['run', '--agent=pr']],
    ['a flag without its value', ['andwait', 'run', '--agent', '='], ['run', '--agent=']],
    ['an earlier one', ['andwait', 'run', '--agent', '=', 'print', 'x'], ['run', '--agent=print', 'x']],
    ['colons', ['andwait', 'run', 'a', '::', 'b', ':'], ['run', 'a::b:']],
    ['escapes', ['andwait', 'run', 'a\\ \\$b'], ['run', 'a $b']],
    ['closed quotes', ['andwait', 'run', '"a \\"b"', "'c d'", ''], ['run', 'a "b', 'c d', '']],
    ['an open quote', ['andwait', 'run', '"a \\$b'], ['run', 'a $b']],
    ['an open single quote', ['andwait', 'run', "'a \\"], ['run', 'a \\']],
  ])('%s', (_name, raw, words) => {
    expect(bashLine(raw)?.words).toEqual(words);
  });

  test.each(['"a"', 'a"b', "'a' 'b", "a'b'c"])('%s is not taken apart', (word) => {
    expect(bashLine(['andwait', 'run', word])).toBeUndefined();
  });
});

describe('what goes into the line', () => {
  const inserted = (value: string, ...raw: readonly string[]) =>
    bashLine(['andwait', 'run', ...raw])?.inserted(value);

  test.each([
    ['audit', 'audit'],
    ['my audit', 'my\\ audit'],
    ['$(touch x)', '\\$\\(touch\\ x\\)'],
    ['`id`;&|<>{}*?[]!#~\'"\\', '\\`id\\`\\;\\&\\|\\<\\>\\{\\}\\*\\?\\[\\]\\!\\#\\~\\\'\\"\\\\'],
    ['Über/größe:é=1', 'Über/größe:é=1'],
    ['日本', '日本'],
  ])('%j is inserted as %j', (value, expected) => {
    expect(inserted(value, '')).toBe(expected);
  });

  test.each<[string, string, string | undefined]>([
    ['"', 'a b', 'a b'],
    ['"', "it's", "it's"],
    ['"', '$(touch x)', undefined],
    ['"', '`id`', undefined],
    ['"', 'a"; id; "', undefined],
    ['"', 'a\\', undefined],
    ['"', 'a!b', undefined],
    ["'", '$(touch x)', '$(touch x)'],
    ["'", "a'; id; '", undefined],
  ])('within %s %j becomes %j', (quote, value, expected) => {
    expect(inserted(value, quote)).toBe(expected);
  });

  test('only what follows the last break is replaced', () => {
    expect(inserted('--agent=print', '--agent', '=', 'pr')).toBe('print');
    expect(inserted('--agent=print', '--agent', '=')).toBe('print');
    expect(inserted('a:b c', 'a', ':', 'b')).toBe('b\\ c');
  });
});

test('other shells quote by themselves', () => {
  const { words, inserted } = wordsTyped(['run', '--agent=print', '"my au']);
  expect(words).toEqual(['run', '--agent=print', 'my au']);
  expect(inserted('$(touch x)')).toBe('$(touch x)');
});
