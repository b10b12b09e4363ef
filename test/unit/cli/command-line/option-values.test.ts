import { expect, test } from 'vitest';
import { secondsOf, sizeOf, spanOf } from '../../../../src/cli/command-line/option-values.ts';

test.each([
  ['90m', 5_400_000],
  ['2h30m', 9_000_000],
  ['3600', 3_600_000],
  ['1d', 86_400_000],
  ['1m1s', 61_000],
])('--max-time %s', (text, ms) => expect(spanOf('--max-time', text)).toBe(ms));

test.each(['', '0', '0m', '1.5h', '90 m', '-1', 'm', '90min', '1h30'])('%j is refused', (text) => {
  expect(() => spanOf('--max-time', text)).toThrow(
    `--max-time ${JSON.stringify(text)}: expected a time above 0`,
  );
});

test('longer than a timer can be set', () => {
  expect(() => spanOf('--max-time', '25d')).toThrow('expected at most 24 days');
  expect(() => secondsOf('--idle-timeout', '2073601')).toThrow('at most 2073600 seconds (24 days)');
  expect(secondsOf('--idle-timeout', '2073600')).toBe(2_073_600);
});

test.each([
  ['500M', 5e8],
  ['1.5K', 1500],
  ['2G', 2e9],
])('--max-size %s', (text, bytes) => expect(sizeOf('--max-size', text)).toBe(bytes));

test.each(['', '0G', '2 GB', '2g', '-1M', '1e3K', '99999999999999G'])('the size %j is refused', (text) => {
  expect(() => sizeOf('--max-size', text)).toThrow(`--max-size ${JSON.stringify(text)}: expected a size`);
});
