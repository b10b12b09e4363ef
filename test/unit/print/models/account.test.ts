import { describe, expect, test } from 'vitest';
import { NO_USAGE } from '../../../../src/core/outcome.ts';
import type { ApiUsage } from '../../../../src/print/api/model.ts';
import { Account } from '../../../../src/print/models/account.ts';
import { modelIdOf } from '../../../../src/print/models/model-names.ts';
import { modelFacts } from '../../../../src/print/models/models.ts';

const NOTHING: ApiUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

function costOf(model: string, usage: Partial<ApiUsage>): number | null {
  const account = new Account();
  account.add(model, { ...NOTHING, ...usage });
  return account.costUsd;
}

describe('prices, as the real program named them', () => {
  test.each<[string, Partial<ApiUsage>, number]>([
    ['claude-opus-5-5', { input: 100, output: 20 }, 0.0008],
    ['claude-opus-5-5', { input: 100, output: 1000 }, 0.0204],
    ['claude-sonnet-5-5', { input: 100, output: 1000 }, 0.0102],
    ['claude-haiku-5-5', { input: 100, output: 1000 }, 0.00051],
    ['claude-fable-5-2', { input: 100, output: 1000 }, 0.0408],
    ['claude-haiku-4-5-20251001', { input: 100, output: 1000 }, 0.0051],
    ['claude-opus-5-5', { cacheWrite5m: 10_000 }, 0.05],
    ['claude-opus-5-5', { cacheWrite1h: 10_000 }, 0.08],
    ['claude-opus-5-5', { cacheRead: 10_000 }, 0.002],
    ['claude-haiku-5-5', { input: 100_000 }, 0.01],
    ['claude-haiku-5-5', { input: 250_000 }, 0.125],
    ['claude-haiku-5-5', { input: 1, cacheRead: 100_000 }, 0.0050005],
  ])('%s %j', (model, usage, dollars) => {
    expect(costOf(model, usage)).toBeCloseTo(dollars, 9);
  });

  test('a model without a price is never free', () => {
    expect(costOf('my-own-model', { input: 1 })).toBeNull();
  });

  test('part of a price is none', () => {
    const account = new Account();
    account.add('claude-opus-5-5', { ...NOTHING, input: 100 });
    account.add('my-own-model', { ...NOTHING, input: 100 });
    expect(account.costUsd).toBeNull();
    expect(account.modelUsage).toMatchObject({
      'claude-opus-5-5': { costUSD: 0.0004 },
      'my-own-model': { costUSD: null },
    });
  });

  test('tokens that were not counted have no price, and a budget does not go on past them', () => {
    const account = new Account();
    account.add('claude-opus-5-5', { ...NOTHING, input: 100 });
    expect(account.hasSpent(1)).toBe(false);
    account.add('claude-opus-5-5', { ...NOTHING, isUncounted: true });
    account.add('claude-opus-5-5', { ...NOTHING, input: 100 });
    expect(account.costUsd).toBeNull();
    expect(account.hasSpent(1)).toBe(true);
  });

  test('nothing used costs nothing', () => {
    expect(new Account().costUsd).toBe(0);
    expect(new Account().modelUsage).toEqual({});
  });
});

test.each([
  ['haiku', 'claude-haiku-5-5'],
  ['sonnet', 'claude-sonnet-5-5'],
  ['opus', 'claude-opus-5-5'],
  ['fable', 'claude-fable-5-2'],
  ['inherit', 'claude-opus-5-5'],
  [undefined, 'claude-opus-5-5'],
  ['sonnet[1m]', 'claude-sonnet-5-5'],
  ['my-own-model', 'my-own-model'],
  ['constructor', 'constructor'],
])('the model %s is %s', (asked, id) => {
  expect(modelIdOf(asked, {})).toBe(id);
});

test('a name that every object has is no model', () => {
  expect(modelFacts('constructor').prices).toBeUndefined();
});

describe('agents that worked for the session', () => {
  const usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 0, cacheCreationTokens: 0 };
  const spent = (...costs: Parameters<Account['addAgents']>[0]) => {
    const account = new Account();
    account.add('claude-opus-5-5', { ...NOTHING, input: 100, output: 20 });
    account.addAgents(costs);
    return account;
  };

  test('are part of its price and of its models, and no part of its turn', () => {
    const account = spent({ model: 'claude-haiku-5-5', usage, costUsd: 0.25 });
    expect(account.costUsd).toBeCloseTo(0.2508, 9);
    expect(account.usage).toMatchObject({ input_tokens: 100, output_tokens: 20 });
    expect(account.modelUsage).toMatchObject({ 'claude-haiku-5-5': { inputTokens: 100, costUSD: 0.25 } });
  });

  test('that named no price are priced where that is possible', () => {
    expect(spent({ model: 'claude-opus-5-5', usage, costUsd: null }).costUsd).toBeCloseTo(0.0016, 9);
  });

  test('and are never free where it is not', () => {
    expect(spent({ model: 'mine', usage, costUsd: null }).costUsd).toBeNull();
    expect(spent({ model: undefined, usage, costUsd: null }).costUsd).toBeNull();
    expect(spent({ model: undefined, usage: NO_USAGE, costUsd: 0 }).costUsd).toBeCloseTo(0.0008, 9);
  });
});
