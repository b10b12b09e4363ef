import { describe, expect, test } from 'vitest';
import {
  customHeadersIn,
  headerCredentials,
  secretIn,
} from '../../../../src/print/api/request-credentials.ts';

const SIGNAL = new AbortController().signal;
const NONE = { apiKey: undefined, authToken: undefined, helper: undefined, customHeaders: {} };

/** As the real program was seen to send them. */
describe('key and token', () => {
  test.each([
    [{ apiKey: 'k' }, { 'x-api-key': 'k', authorization: null }],
    [{ authToken: 't' }, { 'x-api-key': null, authorization: 'Bearer t' }],
    [
      { apiKey: 'k', authToken: 't' },
      { 'x-api-key': 'k', authorization: 'Bearer t' },
    ],
    [
      { apiKey: 'k', customHeaders: { authorization: 'Basic b', 'x-a': '1' } },
      { 'x-api-key': 'k', authorization: 'Basic b', 'x-a': '1' },
    ],
  ])('%j', async (own, headers) => {
    expect(await headerCredentials({ ...NONE, ...own }, 'key-and-token').headers(SIGNAL)).toEqual(headers);
  });

  test('a gateway before a cloud gets no key', async () => {
    const own = { ...NONE, apiKey: 'k', authToken: 't' };
    expect(await headerCredentials(own, 'token').headers(SIGNAL)).toEqual({
      'x-api-key': null,
      authorization: 'Bearer t',
    });
  });

  test('without a helper nothing can be renewed', () => {
    expect(headerCredentials({ ...NONE, apiKey: 'k' }, 'key-and-token').renew()).toBe(false);
  });
});

describe('headers of the user', () => {
  test('a line each, blank lines left out, the value to the end of the line', () => {
    expect(customHeadersIn('V', '\nX-One: 1\r\n  X-Two :a: b \n\n')).toEqual({
      'x-one': '1',
      'x-two': 'a: b',
    });
    expect(customHeadersIn('V', undefined)).toEqual({});
  });

  test.each(['no header', ': hidden', 'X A: hidden', 'X-A: hid\u0000den', 'X-A: hidd€n'])(
    '%j is none, and is not repeated',
    (line) => {
      expect(() => customHeadersIn('THE_VARIABLE', `X-Ok: 1\n${line}`)).toThrow(
        /^line 2 of THE_VARIABLE is no header: expected "Name: value", a line each \(its text is not repeated/,
      );
    },
  );
});

test.each(['two words', 'a\nb', 'päss'])('the secret %j cannot be sent, and is not repeated', (value) => {
  expect(() => secretIn({ V: value }, 'V')).toThrow(/^Not logged in · V holds white space/);
});

test('the line feed after a secret is no part of it; an empty one is none', () => {
  expect(secretIn({ V: 'secret\n' }, 'V')).toBe('secret');
  expect(secretIn({ V: ' ' }, 'V')).toBeUndefined();
});
