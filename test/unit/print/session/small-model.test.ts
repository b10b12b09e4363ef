import { describe, expect, test } from 'vitest';
import { Account } from '../../../../src/print/models/account.ts';
import { SmallModel } from '../../../../src/print/session/small-model.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FakeModel, replied, said } from '../fake-model.ts';

/** Each answer costs as much. */
const ANSWER_USD = 0.00002;
const HAIKU = 'claude-haiku-5-5';

function smallModel(maxBudgetUsd: number | undefined, id = HAIKU) {
  const account = new Account();
  const model = new FakeModel(Array.from({ length: 10 }, () => ({ ...replied(said('a')), model: id })));
  const small = new SmallModel({
    model: async () => model,
    id: () => id,
    account,
    maxBudgetUsd,
    stamp: { sessionId: 's', uuid: () => 'u', timestamp: () => 't' },
    clock: new ManualClock(),
    random: () => 0,
    emit: async () => {},
  });
  const ask = async (signal = new AbortController().signal) => await small.read('what?', signal);
  return { account, model, ask };
}

describe('under a budget', () => {
  test('ten questions at once do not overrun it: after the one that crosses it none is asked', async () => {
    const { account, model, ask } = smallModel(0.00003);
    const readings = await Promise.all(Array.from({ length: 10 }, async () => await ask()));
    expect(model.requests).toHaveLength(2);
    expect(account.spentUsd).toBeCloseTo(2 * ANSWER_USD, 12);
    expect(readings.slice(0, 2)).toMatchObject([{ kind: 'answer' }, { kind: 'answer' }]);
    expect(readings[9]).toEqual({
      kind: 'failure',
      why: 'it was not asked, since the budget of $0.00003 is spent',
    });
  });

  test('one that is interrupted does not hold up the next', async () => {
    const { model, ask } = smallModel(5);
    model.answers.unshift('hang');
    const stop = new AbortController();
    const first = ask(stop.signal);
    const second = ask();
    while (model.requests.length === 0) await Promise.resolve();
    stop.abort(new Error('interrupted'));
    await expect(first).rejects.toThrow('interrupted');
    expect(await second).toMatchObject({ kind: 'answer' });
  });

  test('a model without a price is not asked', async () => {
    const { model, ask } = smallModel(5, 'nobody-knows');
    expect(await ask()).toMatchObject({
      kind: 'failure',
      why: expect.stringContaining('the price of nobody-knows is not known'),
    });
    expect(model.requests).toEqual([]);
  });
});

test('without one they are asked side by side', async () => {
  const { model, ask } = smallModel(undefined);
  model.answers.unshift('hang');
  const stop = new AbortController();
  const first = ask(stop.signal);
  expect(await ask()).toMatchObject({ kind: 'answer' });
  stop.abort(new Error('over'));
  await expect(first).rejects.toThrow('over');
});
