import { describe, expect, test } from 'vitest';
import type { ApiUsage } from '../../../../src/print/api/model.ts';
import { Account } from '../../../../src/print/models/account.ts';
import { costIn, costLine } from '../../../../src/print/session-files/cost-line.ts';

const USED: ApiUsage = {
  input: 100,
  output: 20,
  cacheRead: 5,
  cacheWrite5m: 7,
  cacheWrite1h: 9,
  webSearches: 1,
};

function accountOf(...models: readonly string[]): Account {
  const account = new Account();
  for (const model of models) account.add(model, USED);
  account.addApiTime(12);
  return account;
}

test('what was written is read', () => {
  const { state } = accountOf('claude-opus-5-5', 'my-own');
  const line = costLine(state, 's');
  expect(line).toMatchObject({ type: 'cost-state', sessionId: 's', hasUnknownModelCost: true });
  expect(costIn(JSON.parse(JSON.stringify(line)))).toEqual(state);
});

test('a price that the real program guessed is none', () => {
  const modelUsage = { 'my-own': { inputTokens: 1, costUSD: 0.1 }, 'claude-opus-5-5': { costUSD: 0.2 } };
  const line = { type: 'cost-state', modelUsage, hasUnknownModelCost: true };
  expect([...(costIn(line)?.models ?? [])].map(([, { costUsd }]) => costUsd)).toEqual([null, 0.2]);
});

test.each([[{ type: 'user' }], [{ type: 'cost-state' }], [{ type: 'cost-state', modelUsage: 3 }]])(
  '%j says nothing of a cost',
  (line) => {
    expect(costIn(line)).toBeUndefined();
  },
);

test('odd numbers are nought, an odd cost is unknown', () => {
  const modelUsage = { a: { inputTokens: -1, outputTokens: 'x', costUSD: '1' } };
  expect(costIn({ type: 'cost-state', modelUsage, totalAPIDuration: null })).toEqual({
    apiMs: 0,
    models: new Map([
      [
        'a',
        {
          usage: { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, webSearches: 0 },
          costUsd: null,
        },
      ],
    ]),
  });
});

describe('an account that goes on', () => {
  test('counts earlier lives, except for a budget and for what came since the last result', () => {
    const account = accountOf('claude-opus-5-5');
    const once = account.costUsd ?? Number.NaN;
    const later = accountOf('claude-opus-5-5');
    later.goOnFrom(account.state);
    expect(later.costUsd).toBeCloseTo(2 * once, 12);
    expect(later.spentUsd).toBeCloseTo(once, 12);
    expect(later.apiMs).toBe(24);
    expect(later.modelUsage).toMatchObject({ 'claude-opus-5-5': { inputTokens: 200, webSearchRequests: 2 } });
    expect(later.modelUsageSinceResult).toMatchObject({ 'claude-opus-5-5': { inputTokens: 100 } });
    later.beginTurn();
    expect(later.modelUsageSinceResult).toEqual({});
  });

  test('from an unknown cost is of unknown cost, and still keeps a budget', () => {
    const later = accountOf('claude-opus-5-5');
    later.goOnFrom(accountOf('my-own').state);
    expect(later.costUsd).toBeNull();
    expect(later.spentUsd).toBeGreaterThan(0);
  });
});
