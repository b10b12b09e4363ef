import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Account } from '../../../../src/print/models/account.ts';
import { readPrices } from '../../../../src/print/models/prices.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function fileWith(text: string): string {
  const file = path.join(temporaryFolder(), 'prices.json');
  writeFileSync(file, text);
  return file;
}

test('prices of one’s own beat the known ones, and what is not said follows from the input', async () => {
  const reading = await readPrices(
    fileWith(
      '{"mine": {"input": 10, "output": 20, "cacheRead": 2}, "claude-opus-5-5": {"input": 1, "output": 1}}',
    ),
  );
  if (reading.kind === 'bad') throw new Error(reading.message);
  const costOf = (model: string, more: object): number | null => {
    const account = new Account(reading.prices);
    account.add(model, { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, ...more });
    return account.costUsd;
  };
  expect(costOf('mine', { input: 1e6, output: 1e6 })).toBe(30);
  expect(costOf('mine', { cacheRead: 1e6 })).toBe(2);
  expect(costOf('mine', { cacheWrite5m: 1e6 })).toBe(12.5);
  expect(costOf('claude-opus-5-5', { input: 1e6 })).toBe(1);
  expect(costOf('claude-sonnet-5-5', { input: 1e6 })).toBe(2);
  expect(new Account(reading.prices).hasPriceOf('mine')).toBe(true);
  expect(new Account().hasPriceOf('mine')).toBe(false);
});

test.each([
  ['no JSON', 'x', /Unexpected token/],
  ['a list', '[]', /no JSON object/],
  ['a price that is none', '{"m": {"input": "free", "output": 1}}', /'m' is .*"free"/],
  ['a price below nothing', '{"m": {"input": -1, "output": 1}}', /'m' is/],
])('refused: %s', async (_name, text, why) => {
  const reading = await readPrices(fileWith(text));
  expect(reading).toMatchObject({ kind: 'bad', message: expect.stringMatching(why) });
});

test('a file that is not there', async () => {
  expect(await readPrices('/nowhere/prices.json')).toMatchObject({
    kind: 'bad',
    message: expect.stringMatching(
      /^Error: ANDWAIT_PRICES names \/nowhere\/prices.json, which gives no prices: ENOENT/,
    ),
  });
});
