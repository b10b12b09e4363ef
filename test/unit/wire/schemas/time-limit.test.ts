import { expect, test } from 'vitest';
import { TimeLimitError, withTimeLimit } from '../../../../src/wire/schemas/time-limit.ts';

const WITHOUT_END = (): boolean => /^(a+)+$/.test(`${'a'.repeat(60)}!`);

test('work within its limit gives what it gives', () => {
  expect(withTimeLimit(1000, () => [1, 2])).toEqual([1, 2]);
});

test('work without an end is ended', () => {
  expect(() => withTimeLimit(20, WITHOUT_END)).toThrow(TimeLimitError);
});

test('an error of the work is its own', () => {
  const error = new RangeError('mine');
  expect(() =>
    withTimeLimit(1000, () => {
      throw error;
    }),
  ).toThrow(error);
});

test('a limit inside a limit', () => {
  const inner = (): string => {
    expect(() => withTimeLimit(20, WITHOUT_END)).toThrow(TimeLimitError);
    return withTimeLimit(1000, () => 'inner');
  };
  expect(withTimeLimit(5000, inner)).toBe('inner');
});

test('nothing stays behind in the global object', () => {
  const before = Object.getOwnPropertyNames(globalThis);
  withTimeLimit(1000, () => 1);
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
});
