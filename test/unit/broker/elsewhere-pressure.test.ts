/** What agents on other hosts hear of the model API: it paces the calls that run there, and no agent of this host. */
import { expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { reply } from '../../support/calls.ts';
import { type RawClient, startBroker } from '../../support/pool/pool-broker.ts';

const MINUTE = 60_000;
const RESET = 60 * MINUTE;
const used = failure('api-error', "You've hit your limit · resets 1:00am (UTC)", { apiStatus: 429 });
const limited = { kind: 'limited', status: 429, retryAfterMs: 30_000 };

async function stage(over: object = {}) {
  const rig = await startBroker({ slots: 3 });
  const client = await rig.connect();
  await client.openRun(rig, 'far', { elsewhere: true, ...over });
  await client.openRun(rig, 'near');
  const calls = [];
  for (const prompt of ['a', 'b', 'c', 'd']) calls.push(await client.call('far', prompt));
  for (const call of calls) await client.granted(call);
  return { rig, client, calls };
}

function settle(client: RawClient, call: number, outcome: object, answer: 'settled' | 'again') {
  return client.ask({ type: 'settle', runId: 'far', call, outcome }, answer);
}

test('a limit holds back those that run elsewhere, and slows nobody here', async () => {
  const { rig, client, calls } = await stage();
  client.say({ type: 'pressure', runId: 'far', call: calls[0], pressure: limited });
  const far = await client.call('far', 'e');
  const near = await client.call('near', 'x');
  await client.granted(near);
  const { pace, runs } = await client.status();
  expect(pace).toEqual({ slots: 3, until: null, cause: null });
  expect(runs[0]).toMatchObject({ running: 4, waiting: 1 });
  rig.clock.advance(30_000);
  expect((await client.status()).runs[0]).toMatchObject({ running: 4, waiting: 1 });
  await settle(client, calls[1] as number, reply('B'), 'settled');
  await settle(client, calls[2] as number, reply('C'), 'settled');
  await client.granted(far);
});

test('a used-up account ends the run that has it, and none of this host', async () => {
  const { client, calls } = await stage();
  for (const call of calls) await settle(client, call, used, 'again');
  const { why } = await client.hears('stop', ({ call }) => call === 0);
  expect(why).toMatchObject({ kind: 'paused', pause: { cause: 'quota', resetAt: RESET } });
  await client.granted(await client.call('near', 'x'));
  expect((await client.status()).pace.cause).toBeNull();
});

test('a run that waits goes on at that time with one call first, then with all', async () => {
  const { rig, client, calls } = await stage({ waitForQuota: true });
  for (const call of calls) await settle(client, call, used, 'again');
  rig.clock.advance(RESET - MINUTE);
  expect((await client.status()).runs[0]).toMatchObject({ running: 0, held: { cause: 'quota' } });
  rig.clock.advance(2 * MINUTE);
  const first = await client.hears('granted');
  expect((await client.status()).runs[0]).toMatchObject({ running: 1, waiting: 3, held: null });
  await settle(client, first.call, reply('A'), 'settled');
  for (let n = 1; n <= 3; n += 1) await client.hears('granted');
});
