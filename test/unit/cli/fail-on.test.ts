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
  ['off', { failed: 3 }, false],
  ['1', { done: 1, refused: 1 }, true],
  ['failed', { done: 1, refused: 1 }, false],
  ['refused', { done: 1, refused: 1 }, true],
  ['denied', { done: 3, denied: 1 }, true],
  ['denied=2', { done: 3, denied: 1 }, false],
  ['denied=50%', { done: 3, skipped: 1, denied: 2 }, true],
  ['schema', { done: 1, failed: 2, failures: { exit: 2 } }, false],
  ['schema', { done: 1, failed: 2, failures: { 'schema-never-met': 1 } }, true],
  ['failed=9,empty', { done: 1, empty: 1 }, true],
  ['skipped,stopped,unmetered', { done: 1 }, false],
  ['skipped,stopped,unmetered', { done: 1, unmetered: 1 }, true],
])('--fail-on %s, of %j', (text, calls, failure) => {
  expect(isFailure(failOnOf(text), { ...NO_CALLS, ...calls })).toBe(failure);
});

test.each([
  '0',
  '-1',
  '1.5',
  '101%',
  '0%',
  '%',
  'half',
  '',
  '1 %',
  '1%%',
  '0x1',
  'bad',
  'denied=',
  'denied=0',
  'denied,',
  '1,off',
])('%j is refused', (text) => {
  expect(() => failOnOf(text)).toThrow(`--fail-on ${JSON.stringify(text)}: expected`);
});
