import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withShortStrings } from '../../../../src/wire/lines/short-strings.ts';

const shortened = (text: string, max: number) => withShortStrings(Buffer.from(text), max)?.toString('utf8');

test.each([
  ['{"a":"abcdef"}', '{"a":"abc"}'],
  ['{"a":"abc"}', '{"a":"abc"}'],
  ['{"long-key":1}', '{"lon":1}'],
  ['["a\\"b\\"cd","x"]', '["a\\"","x"]'],
  ['["ab\\\\\\\\","x"]', '["ab","x"]'],
  ['["a\\u00e9bc"]', '["a"]'],
  ['["aäöü"]', '["aä"]'],
  ['["a€bc"]', '["a"]'],
  ['', ''],
])('%s with strings of three bytes is %s', (text, short) => expect(shortened(text, 3)).toBe(short));

test.each(['{"a":"never', '{"a":"never\\"', '"'])('%s never ends', (text) =>
  expect(shortened(text, 3)).toBeUndefined(),
);

test('the same value with beginnings of its strings, for any value and limit', () => {
  const strings = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(strings, fc.integer(), fc.dictionary(fc.constant('k'), strings))),
      fc.nat(40),
      (value, max) => {
        const before = JSON.parse(JSON.stringify(value)) as unknown[];
        const after = JSON.parse(shortened(JSON.stringify(value), max) ?? 'null') as unknown[];
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
