import { expect, test } from 'vitest';
import { failOnOf, isFailure } from '../../../src/cli/fail-on.ts';
import { NO_CALLS } from '../../../src/core/run.ts';

test.each([
  ['1', { done: 9, failed: 1 }, true],
  ['2', { done: 9, failed: 1 }, false],
  ['2', { failed: 3 }, true],
  ['1', { done: 9 }, false],
  ['1', {}, false],
  ['10%', { done: 9, failed: 1 }, true],
  ['10.5%', { done: 9, failed: 1 }, false],
  ['10%', { done: 10, failed: 1 }, false],
  ['50%', { failed: 1, replayed: 1 }, true],
  ['100%', { done: 1, failed: 99 }, false],
  ['100%', { failed: 3 }, true],
  ['0.1%', { done: 5 }, false],
  [undefined, { failed: 3 }, false],
])('--fail-on %s, of %j', (text, calls, failure) => {
  expect(isFailure(failOnOf(text), { ...NO_CALLS, ...calls })).toBe(failure);
});

test.each(['0', '-1', '1.5', '101%', '0%', '%', 'half', '', '1 %', '1%%', '0x1'])('%j is refused', (text) => {
  expect(() => failOnOf(text)).toThrow(`--fail-on ${JSON.stringify(text)}: expected`);
});
