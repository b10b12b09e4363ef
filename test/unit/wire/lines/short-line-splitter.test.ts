import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ShortLineSplitter } from '../../../../src/wire/lines/short-line-splitter.ts';

/** The lines, and a number for each that was too long; `chunkBytes` at a time. */
function linesOf(text: string, maxStringBytes: number, { chunkBytes = 7, maxLineBytes = 1e6 } = {}) {
  const lines: (string | number)[] = [];
  const splitter = new ShortLineSplitter(
    { line: (bytes) => lines.push(bytes.toString('utf8')), tooLong: (bytes) => lines.push(bytes) },
    { maxStringBytes, maxLineBytes },
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) splitter.push(bytes.subarray(at, at + chunkBytes));
  splitter.end();
  return lines;
}

test.each([
  ['{"a":"abcdef"}', '{"a":"abc"}'],
  ['{"a":"abc"}', '{"a":"abc"}'],
  ['{"long-key":1}', '{"lon":1}'],
  ['["a\\"b\\"cd","x"]', '["a\\"","x"]'],
  ['["ab\\\\\\\\","x"]', '["ab\\\\","x"]'],
  ['["ab\\u00e9\\u00e9bc"]', '["ab\\u00e9"]'],
  ['["aäöü"]', '["aä"]'],
  ['["ab€€bc"]', '["ab€"]'],
  ['["abcd', '["abc'],
])('%s with strings of three bytes is %s, whatever its chunks', (text, short) => {
  for (const chunkBytes of [1, 2, 3, 100]) expect(linesOf(text, 3, { chunkBytes })).toEqual([short]);
});

test('a line feed ends a line, also one that is torn inside a string or an escape', () => {
  expect(linesOf('{"a":"abcdef\n["x\\\n\n["abcd"]\n', 3)).toEqual(['{"a":"abc', '["x\\', '', '["abc"]']);
});

test('an escape that a line tore ends with it', () => {
  expect(linesOf('["\\u0\n["\\"","abcdef"]', 3)).toEqual(['["\\u0', '["\\"","abc"]']);
});

test('what stays too large with short strings is counted, and what follows is read', () => {
  expect(linesOf(`[${'1,'.repeat(50)}"x"]\n["${'y'.repeat(500)}"]`, 10, { maxLineBytes: 20 })).toEqual([
    105,
    '["yyyyyyyyyy"]',
  ]);
});

test('the same value with beginnings of its strings, for any value and limit', () => {
  const strings = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(strings, fc.integer(), fc.dictionary(fc.constant('k'), strings))),
      fc.nat(40),
      (value, max) => {
        const before = JSON.parse(JSON.stringify(value)) as unknown[];
        const after = JSON.parse(String(linesOf(JSON.stringify(value), max)[0])) as unknown[];
        expect(after).toHaveLength(before.length);
        before.forEach((item, n) => {
          if (typeof item === 'string') {
            expect(typeof after[n]).toBe('string');
            expect(item.startsWith(after[n] as string)).toBe(true);
            if (Buffer.byteLength(JSON.stringify(item)) - 2 <= max) expect(after[n]).toBe(item);
          } else if (typeof item === 'number') expect(after[n]).toBe(item);
        });
      },
    ),
  );
});
