import { describe, expect, test } from 'vitest';
import { isUsageLimit, pressureIn } from '../../../src/wire/refusal-words.ts';

/** Sunday. */
const NOW = Date.UTC(2026, 10, 29, 20, 46);
const at = (said: string, status?: number) => pressureIn({ said, status }, NOW);

describe('a used-up account, as the real program tells it', () => {
  test.each([
    ["You've hit your 5-hour limit · resets 10:46pm (UTC)", Date.UTC(2026, 10, 29, 22, 46)],
    ["You've hit your weekly limit · resets Dec 2, 8:46pm (UTC)", Date.UTC(2026, 11, 2, 20, 46)],
    // Tomorrow there: Rome is an hour ahead.
    ["You've hit your session limit · resets 4:50am (Europe/Rome)", Date.UTC(2026, 10, 30, 3, 50)],
    ["You've hit your limit · resets Jan 3, 2am (America/Bogota)", Date.UTC(2027, 0, 3, 7)],
    ['Claude AI usage limit reached|1795992383', 1795992383_000],
    [
      'Claude usage limit reached. Your limit will reset at 3pm (America/Bogota).',
      Date.UTC(2026, 10, 30, 20),
    ],
    [
      'API Error: 400 You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      Date.UTC(2026, 11, 1),
    ],
    ['API Error: 429 too much (the API asks for a pause of 7200 s: not waited for)', NOW + 7200_000],
    ["You've hit your limit · resets 3pm (No/Where)", null],
    ["You've hit your monthly spend limit", null],
    ['Credit balance is too low', null],
  ])('%s', (said, resetAt) => {
    expect(at(said)).toEqual({ kind: 'quota', resetAt, message: said });
  });

  test('a time that has just passed is not tomorrow’s', () => {
    expect(at("You've hit your limit · resets 8:45pm (UTC)")).toMatchObject({ resetAt: NOW - 60_000 });
  });

  test('status 402 needs no words', () => {
    expect(at('API Error: 402 billing', 402)).toMatchObject({ kind: 'quota', resetAt: null });
  });
});

test.each([
  'Invalid API key · Fix external API key',
  'Not logged in · Please run /login',
  'Failed to authenticate. API Error: 401 OAuth token has expired. Please obtain a new token or refresh your existing token.',
  'Failed to authenticate: OAuth token revoked. Please log in again or contact your administrator.',
  'API Error: 401 {"type":"error"} · Please run /login',
])('refused credentials: %s', (said) => {
  expect(at(said)).toEqual({ kind: 'credentials', message: said });
});

test.each([
  ['API Error: Request rejected (429) · Number of requests has exceeded your limit', 429],
  ['API Error: Server is temporarily limiting requests (not your usage limit) · Slow down', 429],
  ['API Error: Repeated 529 Overloaded errors. The API is at capacity', 529],
  ['API Error: 529 Overloaded. This is a server-side issue', 529],
])('a limit that passes: %s', (said, status) => {
  expect(at(said)).toEqual({ kind: 'limited', status, retryAfterMs: null });
});

describe('what concerns one call alone', () => {
  test.each([
    ['API Error: 400 prompt is too long', 400],
    ['API Error: 500 Internal server error', 500],
    // A model that writes about limits says so in the middle of its words, or at length.
    ["The log says: You've hit your limit · resets 3pm (UTC)", undefined],
    [`You've hit your limit ${'and so on '.repeat(80)}`, undefined],
  ])('%s', (said, status) => {
    expect(at(said, status)).toBeUndefined();
  });
});

test('an answer that is none, though it ended well', () => {
  expect(isUsageLimit('Claude AI usage limit reached|1750708800\n', 1_750_700_000_000)).toBe(true);
  expect(isUsageLimit('Claude AI usage limit reached|1750708800 is what it said', 1_750_700_000_000)).toBe(
    false,
  );
});
