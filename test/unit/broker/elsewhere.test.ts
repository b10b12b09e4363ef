/** A run whose agents run on other hosts: it takes no slot, keeps its own cap, and outlives its client. */
import { expect, test } from 'vitest';
import { reply } from '../../support/calls.ts';
import { until } from '../../support/looking.ts';
import { journalOf, startBroker } from '../../support/pool/pool-broker.ts';

const ELSEWHERE = { elsewhere: true };

test('its calls take no slot of this host, and nobody waits for them', async () => {
  const rig = await startBroker({ slots: 1 });
  const client = await rig.connect();
  await client.openRun(rig, 'far', ELSEWHERE);
  for (const prompt of ['a', 'b', 'c']) await client.granted(await client.call('far', prompt));
  await client.openRun(rig, 'near');
  await client.granted(await client.call('near', 'd'));
  const { taken, runs } = await client.status();
  expect(taken).toBe(1);
  expect(runs[0]?.calls.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
});

test('its own cap holds, and the next follows when one has settled', async () => {
  const rig = await startBroker({ slots: 1 });
  const client = await rig.connect();
  const caps = { concurrency: 2, agents: 9, outputTokens: null };
  await client.openRun(rig, 'far', { ...ELSEWHERE, caps });
  const calls = [];
  for (const prompt of ['a', 'b', 'c']) calls.push(await client.call('far', prompt));
  const [first = 0, , third = 0] = calls;
  await client.granted(first);
  expect((await client.status()).runs[0]).toMatchObject({ running: 2, waiting: 1 });
  await client.ask({ type: 'settle', runId: 'far', call: first, outcome: reply('x') }, 'settled');
  await client.granted(third);
});

test('a pause of the pool is for it, too', async () => {
  const rig = await startBroker({ slots: 1 });
  const client = await rig.connect();
  await client.openRun(rig, 'far', ELSEWHERE);
  await client.ask({ type: 'set_pool', paused: true }, 'done');
  const call = await client.call('far', 'a');
  expect((await client.status()).runs[0]).toMatchObject({ running: 0, waiting: 1 });
  await client.ask({ type: 'set_pool', paused: false }, 'done');
  await client.granted(call);
});

test('when its client dies its agents may live: no outcome is recorded, and the run can be opened again', async () => {
  const rig = await startBroker({ slots: 1 });
  const client = await rig.connect();
  await client.openRun(rig, 'far', ELSEWHERE);
  await client.granted(await client.call('far', 'a'));
  client.leave();
  const next = await rig.connect();
  await until(async () => (await next.status()).runs.length === 0);
  await next.openRun(rig, 'far', ELSEWHERE);
  await next.granted(await next.call('far', 'a'));
  expect(journalOf(rig, 'far').filter(({ type }) => type === 'outcome')).toEqual([]);
});

test('after the death of a broker its calls are taken up, and still take no slot', async () => {
  const { home, crash, ...rig } = await startBroker({ slots: 1 });
  const first = await rig.connect();
  await first.openRun({ home, crash, ...rig }, 'far', ELSEWHERE);
  const call = await first.call('far', 'a');
  const leaseId = await first.granted(call);
  await crash();
  const next = await startBroker({ home, slots: 1 });
  const client = await next.connect();
  const asked = { contentHash: 'c-a', promptHash: 'p-a', label: 'a' };
  const open = { call, key: 'v1:c-a:1', occurrence: 1, request: asked, priority: 'normal' };
  const held = { ...open, state: 'held', leaseId, repeatable: true };
  await client.openRun(next, 'far', { ...ELSEWHERE, reattach: { attempt: 1, calls: [held] } });
  expect((await client.status()).taken).toBe(0);
  await client.openRun(next, 'near');
  await client.granted(await client.call('near', 'b'));
});
