/** An agent that came to nothing for no fault of its call: which ends the call waits again for, and how often. */
import { expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { ATTEMPT, journalOf, startBroker } from '../../support/pool/pool-broker.ts';

const idle = failure('idle', 'nothing came from it');

async function running(over: object = {}) {
  const rig = await startBroker({ slots: 1 });
  const client = await rig.connect();
  await client.openRun(rig, 'r');
  client.say({ type: 'append', runId: 'r', record: ATTEMPT });
  const call = await client.call('r', 'a', over);
  const leaseId = await client.granted(call);
  return { rig, client, call, leaseId };
}

test('who hangs is asked once more, and fails when that hangs, too', async () => {
  const { rig, client, call } = await running();
  await client.ask({ type: 'settle', runId: 'r', call, outcome: idle }, 'again');
  await client.granted(call);
  await client.ask({ type: 'settle', runId: 'r', call, outcome: idle }, 'settled');
  const told = journalOf(rig, 'r').filter(({ type }) => type !== 'attempt' && type !== 'header');
  expect(told).toMatchObject([
    { type: 'started' },
    { type: 'setback', cause: 'idle', outcome: { reason: 'idle' } },
    { type: 'started' },
    { type: 'outcome', outcome: { reason: 'idle' } },
  ]);
});

test('also when the broker died in between', async () => {
  const { rig, client, call, leaseId } = await running();
  await client.ask({ type: 'settle', runId: 'r', call, outcome: idle }, 'again');
  await rig.crash();
  const next = await startBroker({ slots: 1, home: rig.home });
  const back = await next.connect();
  const asked = { contentHash: 'c-a', promptHash: 'p-a', label: 'a' };
  const open = { call, key: 'v1:c-a:1', occurrence: 1, request: asked, priority: 'normal', repeatable: true };
  const calls = [{ ...open, state: 'waiting' }];
  await back.openRun(next, 'r', { reattach: { attempt: 1, calls } });
  // The slot that the first broker granted it anew: nobody heard of that, and nobody uses it.
  for (let look = 0; look < 3; look += 1) next.clock.advance(200);
  expect(await back.granted(call)).not.toBe(leaseId);
  await back.ask({ type: 'settle', runId: 'r', call, outcome: idle }, 'settled');
});

test.each([
  ['whose recipe has heard it', { repeatable: false }, idle],
  ['that took too long', {}, failure('timeout', 'no result within the time limit')],
])('a call %s is over', async (_name, over, outcome) => {
  const { client, call } = await running(over);
  await client.ask({ type: 'settle', runId: 'r', call, outcome }, 'settled');
});
