import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeLine, safeLines, safeText, shortLine } from '../../../../src/report/text/safe-text.ts';

const ESC = '\x1b';

describe('what is taken out', () => {
  test.each([
    ['colour', `${ESC}[31mred${ESC}[0m`, 'red'],
    ['colour with an 8-bit introducer', '\x9b31mred', 'red'],
    ['cursor movement and erasing', `a${ESC}[2J${ESC}[1;1Hb`, 'ab'],
    ['a private mode (alternate screen)', `${ESC}[?1049hx`, 'x'],
    ['a window title', `${ESC}]0;owned\x07x`, 'x'],
    ['a clipboard write', `${ESC}]52;c;cm0gLXJm\x07x`, 'x'],
    ['a link, its text kept', `${ESC}]8;;http://evil${ESC}\\here${ESC}]8;;${ESC}\\`, 'here'],
    ['a title with 8-bit introducer and terminator', '\x9d0;owned\x9cx', 'x'],
    ['a device control string', `${ESC}Pq#0;2;0;0;0${ESC}\\x`, 'x'],
    ['an application command', `${ESC}_Gf=100;AAAA${ESC}\\x`, 'x'],
    ['a reset', `${ESC}cx`, 'x'],
    ['a character set change', `${ESC}(0x`, 'x'],
    ['bell, backspace, delete', 'a\x07b\x08c\x7fd', 'abcd'],
    ['a null', 'a\0b', 'ab'],
    ['right-to-left override', 'photo\u202egpj.exe', 'photogpj.exe'],
    ['isolates and marks', '\u2066a\u2069\u200fb\u061c', 'ab'],
    ['zero width space and byte order mark', 'a\u200bb\ufeffc', 'abc'],
    ['tag letters that hide a sentence', 'a\u{e0061}\u{e0062}b', 'ab'],
    ['a filler that looks like a space', 'a\u3164b', 'ab'],
    ['interlinear marks', 'a\ufff9b\ufffb', 'ab'],
  ])('%s', (_name, hostile, harmless) => expect(safeText(hostile)).toBe(harmless));

  test('a sequence that appears when another is taken out is no sequence any more', () => {
    expect(safeText(`${ESC}${ESC}[0m[31mx`)).toBe('31mx');
    expect(safeText(`${ESC}]0;a${ESC}]0;b\x07\x07x`)).toBe('0;ax');
  });

  test('an unterminated title does not take the following lines with it', () => {
    expect(safeText(`${ESC}]0;title\nthe next line`)).toBe('0;title\nthe next line');
  });

  test('a lone surrogate becomes the replacement character', () => {
    expect(safeText('a\ud800b')).toBe('a\ufffdb');
  });

  test('a million introducers are read in one go', () => {
    expect(safeText(`${ESC}]`.repeat(500_000))).toBe('');
    expect(safeText('\x9d'.repeat(1_000_000))).toBe('');
    expect(safeText(`${ESC}[`.repeat(500_000))).toBe('');
  });
});

describe('what stays', () => {
  test.each([
    ['line feeds and tabs', 'a\n\tb'],
    ['a family of three joiners', '👨‍👩‍👧'],
    ['an emoji with its variation selector', '❤️'],
    ['Persian with a non-joiner', 'می‌خواهم'],
    ['combining marks', 'e\u0301'],
    ['wide characters', '日本語'],
  ])('%s', (_name, text) => expect(safeText(text)).toBe(text));
});

describe('lines', () => {
  test.each([
    ['CRLF', 'a\r\nb', ['a', 'b']],
    ['a progress bar that writes over itself', '10%\r100%', ['10%', '100%']],
    ['line and paragraph separators', 'a\u2028b\u2029c', ['a', 'b', 'c']],
    ['vertical tab, form feed, next line', 'a\vb\fc\x85d', ['a', 'b', 'c', 'd']],
    ['empty ones at the end', 'a\n\n\n', ['a']],
    ['nothing', '', ['']],
  ])('%s', (_name, text, lines) => expect(safeLines(text)).toEqual(lines));

  test.each([
    ['line ends become spaces', 'a\nb\r\nc', 'a b c'],
    ['runs of white space become one', ' a \t\n  b ', 'a b'],
  ])('one line: %s', (_name, text, line) => expect(safeLine(text)).toBe(line));
});

describe('short lines', () => {
  test.each([
    ['fits', 'abcde', 5, 'abcde'],
    ['is cut', 'abcdef', 5, 'abcd…'],
    ['is cut at a space', 'abc def', 5, 'abc…'],
    ['is not cut inside a surrogate pair', 'abc👍👍', 5, 'abc…'],
    ['looks cut when a harmless end was never read', 'ab'.padEnd(20), 5, 'ab…'],
  ])('%s', (_name, text, characters, line) => expect(shortLine(text, characters)).toBe(line));
});

test('whatever comes in, no control, bidirectional or invisible character comes out', () => {
  const hostile = fc.array(
    fc.oneof(
      fc.constantFrom(
        ESC,
        '[',
        ']',
        'P',
        '\\',
        '\x07',
        '\x9b',
        '\x9d',
        '\x9c',
        '0',
        ';',
        'm',
        '\r',
        '\u202e',
        '\u200b',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(hostile, (parts) => {
      const safe = safeText(parts.join(''));
      expect(safe).not.toMatch(
        /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/,
      );
      expect(safeText(safe)).toBe(safe);
      expect(safeLine(parts.join(''))).not.toContain('\n');
    }),
  );
});
