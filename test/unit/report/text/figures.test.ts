import { describe, expect, test } from 'vitest';
import {
  countText,
  dollarsText,
  durationText,
  elapsedText,
  timesText,
  tokensText,
  wholeText,
} from '../../../../src/report/text/figures.ts';

test.each([
  [0, '0.0s'],
  [400, '0.4s'],
  [9_940, '9.9s'],
  [9_960, '10s'],
  [12_400, '12s'],
  [59_400, '59s'],
  [59_600, '1m 00s'],
  [185_000, '3m 05s'],
  [3_599_400, '59m 59s'],
  [3_599_600, '1h 00m'],
  [3_720_000, '1h 02m'],
  [360_000_000, '100h 00m'],
  [-5, '0.0s'],
])('duration of %i ms', (ms, text) => expect(durationText(ms)).toBe(text));

test.each([
  [999, '0s'],
  [1_000, '1s'],
  [59_999, '59s'],
  [60_000, '1m 00s'],
  [-1, '0s'],
])('elapsed %i ms: a second counts when it is over', (ms, text) => expect(elapsedText(ms)).toBe(text));

test.each([
  [0, '0'],
  [812, '812'],
  [999, '999'],
  [1_000, '1.0k'],
  [12_345, '12.3k'],
  [99_940, '99.9k'],
  [99_960, '100k'],
  [123_456, '123k'],
  [999_499, '999k'],
  [999_500, '1.0M'],
  [1_234_567, '1.2M'],
  [999_500_000, '1.0G'],
])('%i tokens', (tokens, text) => expect(tokensText(tokens)).toBe(text));

test.each([
  [null, 'unpriced'],
  [0, '$0.00'],
  [0.00001, '<$0.0001'],
  [0.0042, '$0.0042'],
  [0.00994, '$0.0099'],
  [0.00996, '$0.01'],
  [0.123, '$0.12'],
  [1.23, '$1.23'],
  [1234.5, '$1234.50'],
])('%f dollars', (usd, text) => expect(dollarsText(usd)).toBe(text));

describe('counts', () => {
  test.each([
    [countText(0, 'call'), '0 calls'],
    [countText(1, 'call'), '1 call'],
    [countText(2, 'reply', 'replies'), '2 replies'],
    [wholeText(999), '999'],
    [wholeText(1_000), '1,000'],
    [wholeText(1_234_567), '1,234,567'],
    [timesText(37), '× 37'],
  ])('%s', (text, expected) => expect(text).toBe(expected));
});
