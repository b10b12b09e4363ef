/** Words that are no UTF-8, put together again by a real shell. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { exactWords, WORDS_SCRIPT } from '../../../src/shim/exact-words.ts';

function asNodeReadsThem(words: readonly Buffer[]): string[] {
  return words.map((word) => word.toString('utf8'));
}

test.each([
  ['plain words', [Buffer.from('plain'), Buffer.from('größe')]],
  ['a replacement character of the caller’s own', [Buffer.from('a\uFFFDb')]],
])('%s need nothing', (_name, words) => {
  expect(exactWords(asNodeReadsThem(words), () => words)).toBeUndefined();
});

test('a command line that cannot be read is left as it is', () => {
  expect(exactWords(['a\uFFFD'], () => [])).toBeUndefined();
});

describe.each(['/bin/sh', '/bin/bash'])('%s', (shell) => {
  test.each([
    ['Latin-1', [Buffer.from('gr\xfc\xdfe', 'latin1')]],
    [
      'among others',
      [Buffer.from('-p'), Buffer.from('\xff\n\n', 'latin1'), Buffer.from(''), Buffer.from("a '$b'\n")],
    ],
    ['every byte', [Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1))]],
    ['longer than a piece', [Buffer.alloc(60_000, '\xe9%\\', 'latin1')]],
    [
      'words that look like ours',
      [Buffer.from('=a'), Buffer.from('+b'), Buffer.from('.'), Buffer.from([0xff])],
    ],
  ])('%s', (_name, words) => {
    const exact = exactWords(asNodeReadsThem(words), () => [
      Buffer.from('node'),
      Buffer.from('shim'),
      ...words,
    ]);
    const script = `${WORDS_SCRIPT}; exec "$@"`;
    const program = ['=/usr/bin/printf', '=%s\\001'];
    const output = execFileSync(shell, ['-c', script, 'sh', ...program, ...(exact ?? [])]);
    const expected = words.flatMap((word) => [word, Buffer.from([1])]);
    expect(output.equals(Buffer.concat(expected))).toBe(true);
  });
});
