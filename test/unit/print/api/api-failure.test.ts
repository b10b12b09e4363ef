import { AnthropicError, APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { describe, expect, test } from 'vitest';
import { apiFailure } from '../../../../src/print/api/api-failure.ts';

const REQUEST = { model: 'some-model', usage: undefined, denied: 'Failed to authenticate.' };

function refused(status: number, headers: Record<string, string> = {}): Error {
  const body = { type: 'error', error: { type: 'some_error', message: 'made to fail' } };
  return APIError.generate(status, body, undefined, new Headers(headers));
}

function broken(message: string, cause: Error | undefined): Error {
  return Object.assign(new AnthropicError(message), cause === undefined ? {} : { cause });
}

describe('by status', () => {
  test.each([
    [400, 'unknown', false],
    [401, 'authentication_failed', false],
    [403, 'authentication_failed', false],
    [404, 'model_not_found', false],
    [408, 'server_error', true],
    [409, 'server_error', true],
    [413, 'invalid_request', false],
    [422, 'invalid_request', false],
    [429, 'rate_limit', true],
    [500, 'server_error', true],
    [503, 'server_error', true],
    [529, 'overloaded', true],
  ])('%i: %s, tried again: %s', (status, word, isRetryable) => {
    expect(apiFailure(refused(status), REQUEST)).toMatchObject({
      status,
      word,
      isRetryable,
      type: 'some_error',
    });
  });
});

test('a prompt that is too long is an invalid request', () => {
  const body = {
    error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 8 maximum' },
  };
  const error = APIError.generate(400, body, undefined, new Headers());
  expect(apiFailure(error, REQUEST)).toMatchObject({ status: 400, word: 'invalid_request' });
});

test.each([
  [400, 'API Error: 400 made to fail'],
  [401, 'Failed to authenticate. API Error: 401 made to fail'],
  [404, 'API Error: 404 made to fail (is there a model some-model, and may this key use it?)'],
])('%i in words', (status, message) => {
  expect(apiFailure(refused(status), REQUEST).message).toBe(message);
});

test.each<[Record<string, string>, object]>([
  [{ 'retry-after': '7' }, { retryAfterMs: 7000 }],
  [{ 'retry-after-ms': '70', 'retry-after': '7' }, { retryAfterMs: 70 }],
  [{ 'retry-after': 'soon' }, { retryAfterMs: undefined }],
  [{ 'x-should-retry': 'false' }, { isRetryable: false }],
])('the API says %j', (headers, expected) => {
  expect(apiFailure(refused(429, headers), REQUEST)).toMatchObject(expected);
});

test('a bad request that the API wants to see again', () => {
  expect(apiFailure(refused(400, { 'x-should-retry': 'true' }), REQUEST).isRetryable).toBe(true);
});

describe('without a status', () => {
  const system = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

  test.each<[string, Error, boolean, string, string]>([
    [
      'no connection',
      new APIConnectionError({ cause: new TypeError('fetch failed', { cause: system }) }),
      true,
      'unknown',
      'API Error: Connection error. (connect ECONNREFUSED 127.0.0.1:1)',
    ],
    [
      'a connection that broke',
      broken('terminated', new TypeError('terminated', { cause: new Error('other side closed') })),
      true,
      'unknown',
      'API Error: terminated (other side closed)',
    ],
    [
      'a stream without an end',
      broken('stream ended early', undefined),
      true,
      'unknown',
      'API Error: stream ended early',
    ],
    [
      'a request that cannot be made',
      broken('Invalid URL', new TypeError('Invalid URL')),
      false,
      'unknown',
      'API Error: Invalid URL',
    ],
    [
      'an error inside the stream',
      new APIError(
        undefined,
        { error: { type: 'overloaded_error', message: 'busy' } },
        undefined,
        new Headers(),
      ),
      true,
      'overloaded',
      'API Error: busy',
    ],
  ])('%s', (_name, error, isRetryable, word, message) => {
    expect(apiFailure(error, REQUEST)).toMatchObject({ status: null, isRetryable, word, message });
  });
});
