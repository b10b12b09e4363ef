/** A run whose owner is frozen while its connection stays: its agents are ended in time, its calls stay its own. */
import { expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { journalOf, startBroker } from '../../support/pool/pool-broker.ts';

const agent = { pid: 4711, startTicks: '1' };

async function stage(silentMs?: number) {
  const rig = await startBroker({ slots: 2 });
  const client = await rig.connect();
  await client.openRun(rig, 'r', silentMs === undefined ? {} : { silentMs });
  const call = await client.call('r', 'a');
  await client.granted(call);
  rig.processes.living.add(agent.pid);
  client.say({ type: 'runs', runId: 'r', call, agent });
  await client.status();
  return { rig, client, call };
}

test('has its agents ended when it is not heard of for as long as it said', async () => {
  const { rig, client, call } = await stage(11_000);
  rig.clock.advance(10_000);
  client.say({ type: 'lives', runId: 'r' });
  await client.status();
  rig.clock.advance(10_999);
  expect(rig.processes.signals).toEqual([]);
  rig.clock.advance(1);
  expect(rig.processes.signals).toEqual(['SIGTERM 4711']);
  rig.processes.living.delete(agent.pid);
  rig.clock.advance(200);
  expect((await client.status()).taken).toBe(0);
  // It goes on: what became of its call is still its own to say.
  const outcome = failure('killed', 'ended by SIGTERM');
  await client.ask({ type: 'settle', runId: 'r', call, outcome }, 'settled');
  expect(journalOf(rig, 'r').find(({ type }) => type === 'log')).toMatchObject({
    text: "nothing was heard of the run's owner for 11 s: its agents are ended",
  });
});

test('may be silent where it did not say so', async () => {
  const { rig } = await stage();
  rig.clock.advance(3_600_000);
  expect(rig.processes.signals).toEqual([]);
});
