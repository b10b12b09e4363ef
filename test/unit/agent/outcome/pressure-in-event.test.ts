/** Events as claude 2.1.330 gave them against an API on loopback that answered with each status. */
import { expect, test } from 'vitest';
import { pressureInEvent } from '../../../../src/agent/outcome/pressure-in-event.ts';
import type { JsonObject } from '../../../../src/core/json.ts';

const NOW = Date.UTC(2026, 10, 29, 20, 46);

const retry = (error_status: number | null, error: string): JsonObject => ({
  type: 'system',
  subtype: 'api_retry',
  attempt: 1,
  max_retries: 10,
  retry_delay_ms: 2061,
  error_status,
  error,
});

const rejected = {
  status: 'rejected',
  resetsAt: 1795992383,
  rateLimitType: 'five_hour',
  isUsingOverage: false,
};

const event = (info: JsonObject): JsonObject => ({ type: 'rate_limit_event', rate_limit_info: info });

const failed = (result: string, api_error_status: number | null): JsonObject => ({
  type: 'result',
  subtype: 'success',
  is_error: true,
  terminal_reason: 'api_error',
  result,
  api_error_status,
});

test.each<[string, JsonObject, object | undefined]>([
  ['a retry after 429', retry(429, 'rate_limit'), { kind: 'limited', status: 429, retryAfterMs: 2061 }],
  ['a retry after 529', retry(529, 'overloaded'), { kind: 'limited', status: 529, retryAfterMs: 2061 }],
  ['overloaded in the middle of a stream', retry(null, 'overloaded'), { kind: 'limited', status: null }],
  ['a retry after 500', retry(500, 'server_error'), undefined],
  ['a retry after 401, which may go well', retry(401, 'authentication_failed'), undefined],
  [
    'a used-up account',
    event(rejected),
    { kind: 'quota', resetAt: 1795992383_000, message: "the account's five hour limit is reached" },
  ],
  ['a warning', event({ ...rejected, status: 'allowed_warning', utilization: 0.95 }), undefined],
  ['who pays for more', event({ ...rejected, isUsingOverage: true }), undefined],
  ['a plain 429 of a subscriber’s', event({ status: 'rejected', isUsingOverage: false }), undefined],
  [
    'the result of a used-up account',
    failed("You've hit your 5-hour limit · resets 10:46pm (UTC)", 429),
    { kind: 'quota', resetAt: Date.UTC(2026, 10, 29, 22, 46) },
  ],
  [
    'refused credentials',
    failed('Invalid API key · Fix external API key', 401),
    { kind: 'credentials', message: 'Invalid API key · Fix external API key' },
  ],
  [
    'retries given up',
    failed('API Error: Request rejected (429) · x', 429),
    { kind: 'limited', status: 429 },
  ],
  ['another failure', failed('API Error: 400 prompt is too long', 400), undefined],
  [
    'an answer about limits',
    { type: 'result', is_error: false, result: 'Credit balance is too low' },
    undefined,
  ],
  ['something else', { type: 'assistant' }, undefined],
])('%s', (_name, given, pressure) => {
  const found = pressureInEvent(given, NOW);
  if (pressure === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(pressure);
});
