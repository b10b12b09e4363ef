import { describe, expect, test } from 'vitest';
import { Account } from '../../../src/print/account.ts';
import type { ApiUsage } from '../../../src/print/api/model.ts';
import { modelIdOf } from '../../../src/print/model-names.ts';
import { modelFacts } from '../../../src/print/models.ts';

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
