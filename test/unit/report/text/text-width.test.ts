import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth, fitted, padEnd, padStart } from '../../../../src/report/text/text-width.ts';

describe('width', () => {
  test.each([
    ['ASCII', 'abc', 3],
    ['wide', '日本語', 6],
    ['a combining mark', 'e\u0301', 1],
    ['an emoji', '👍', 2],
    ['a family', '👨‍👩‍👧', 2],
    ['styled', '\x1b[31mred\x1b[39m', 3],
    ['nothing', '', 0],
  ])('%s', (_name, text, width) => expect(displayWidth(text)).toBe(width));
});

describe('fitted', () => {
  test.each([
    ['fits', 'abcde', 5, 'abcde'],
    ['too long', 'abcdef', 5, 'abcd…'],
    ['no space before the ellipsis', 'abc def', 5, 'abc…'],
    ['wide ones that fit', '日本', 4, '日本'],
    ['a wide one that would stand half outside', '日本語', 5, '日本…'],
    ['a wide one that would leave no room for the ellipsis', '日本語', 4, '日…'],
    ['a family is not taken apart', 'a👨‍👩‍👧b👨‍👩‍👧', 4, 'a👨‍👩‍👧…'],
    ['a mark stays with its letter', 'e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['several lines', 'a\nb', 10, 'a b'],
    ['a sequence', '\x1b[31mred', 10, 'red'],
    ['one column', 'abc', 1, '…'],
    ['no column', 'abc', 0, ''],
    ['fewer than none', 'abc', -3, ''],
    ['without bound', 'x'.repeat(200), Number.POSITIVE_INFINITY, 'x'.repeat(200)],
  ])('%s', (_name, text, columns, line) => expect(fitted(text, columns)).toBe(line));

  test('a letter under a million marks is cut, not measured', () => {
    const shown = fitted(`a${'\u0301'.repeat(1_000_000)}b`, 10);
    expect(shown.length).toBeLessThan(400);
    expect(shown).toMatch(/…$/);
  });

  test('is never wider than it may be', () => {
    const columns = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), columns, (text, width) => {
        expect(displayWidth(fitted(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

test('padding counts columns', () => {
  expect(padEnd('日本', 6)).toBe('日本  ');
  expect(padStart('日本', 6)).toBe('  日本');
  expect(padEnd('abcdef', 3)).toBe('abcdef');
});
