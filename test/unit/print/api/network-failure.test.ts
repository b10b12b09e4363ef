import { expect, test } from 'vitest';
import { isNetworkFailure } from '../../../../src/print/api/network-failure.ts';

const withCode = (code: unknown, cause?: Error): Error =>
  Object.assign(new Error('x', cause === undefined ? {} : { cause }), { code });

test.each<[string, unknown, boolean]>([
  ['the system’s own', withCode('ECONNREFUSED'), true],
  ['wrapped', new Error('outer', { cause: withCode(500, withCode('ETIMEDOUT')) }), true],
  ['no credentials', new Error('Could not load credentials from any providers'), false],
  ['a login that ended', withCode('invalid_grant'), false],
  ['no error', 'ECONNREFUSED', false],
])('%s: %s', (_name, error, expected) => {
  expect(isNetworkFailure(error)).toBe(expected);
});

test('a chain that is a ring has an end', () => {
  const error = new Error('x');
  error.cause = error;
  expect(isNetworkFailure(error)).toBe(false);
});
