/** Pressure that is absurd, late or forged, and agents that say nothing for long: one run's trouble, never everybody's for good. */
import { expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { reply } from '../../support/calls.ts';
import { journalOf, startBroker } from '../../support/pool/pool-broker.ts';

const MINUTE = 60_000;
const used = failure('api-error', "You've hit your limit · resets 1:00am (UTC)", { apiStatus: 429 });
const noCredit = failure('api-error', 'Credit balance is too low', { apiStatus: 400 });

test.each([1e18, 1.7e15, -1e18])(
  'a reset at %d is none: the pool lives, and who waits tries',
  async (resetAt) => {
    const rig = await startBroker({ slots: 2 });
    const client = await rig.connect();
    await client.openRun(rig, 'r', { waitForQuota: true });
    const a = await client.call('r', 'a');
    await client.granted(a);
    const pressure = { kind: 'quota', resetAt, message: 'used up' };
    client.say({ type: 'pressure', runId: 'r', call: a, pressure });
    const ending = await rig.connect();
    await ending.openRun(rig, 'ends');
    const b = await ending.call('ends', 'b');
    await ending.granted(b);
    ending.say({ type: 'pressure', runId: 'ends', call: b, pressure });
    await ending.ask({ type: 'settle', runId: 'ends', call: b, outcome: noCredit }, 'again');
    await ending.hears('stop', ({ call }) => call === 0);
    await client.ask({ type: 'settle', runId: 'r', call: a, outcome: noCredit }, 'again');
    expect((await client.status()).pace.until).toBeNull();
    for (let n = 0; n < 20; n += 1) rig.clock.advance(MINUTE);
    await client.granted(a);
  },
);

test('one that is let through to find out, and takes long, keeps no other from finding out', async () => {
  const rig = await startBroker({ slots: 3 });
  const client = await rig.connect();
  await client.openRun(rig, 'r');
  const a = await client.call('r', 'a');
  await client.granted(a);
  await client.ask({ type: 'settle', runId: 'r', call: a, outcome: used }, 'again');
  const bare = await rig.connect();
  const { runId } = await bare.ask({ type: 'join_run', stateDir: rig.home }, 'run_joined');
  const wish = { repeatable: false };
  const x = await bare.call(runId, 'a session that its user leaves open', { ...wish, priority: 'session' });
  await bare.granted(x);
  const y = await bare.call(runId, 'y', wish);
  rig.clock.advance(MINUTE);
  expect((await bare.status()).taken).toBe(1);
  rig.clock.advance(5 * MINUTE);
  await bare.granted(y);
});

test('the end of a run says what was heard last, not first', async () => {
  const rig = await startBroker({ slots: 2 });
  const client = await rig.connect();
  await client.openRun(rig, 'r');
  const a = await client.call('r', 'a');
  const b = await client.call('r', 'b');
  await client.granted(a);
  await client.granted(b);
  await client.ask({ type: 'settle', runId: 'r', call: a, outcome: noCredit }, 'again');
  await client.ask({ type: 'settle', runId: 'r', call: b, outcome: used }, 'again');
  const { why } = await client.hears('stop', ({ call }) => call === 0);
  expect(why).toMatchObject({ pause: { resetAt: 60 * MINUTE, message: expect.stringContaining('01:00') } });
});

test('a run that quota held goes on with a broker that knows of none, and its journal says so', async () => {
  const rig = await startBroker({ slots: 2 });
  const client = await rig.connect();
  await client.openRun(rig, 'r', { waitForQuota: true });
  const begin = {
    type: 'attempt',
    attempt: 1,
    agent: 'a',
    rehearsal: false,
    script: '',
    options: {},
    pid: 1,
    at: 0,
  };
  await client.ask({ type: 'commit', runId: 'r', record: begin }, 'committed');
  const a = await client.call('r', 'a');
  await client.granted(a);
  await client.ask({ type: 'settle', runId: 'r', call: a, outcome: noCredit }, 'again');
  await rig.crash();
  const next = await startBroker({ slots: 2, home: rig.home });
  const back = await next.connect();
  await back.openRun(next, 'r', { waitForQuota: true, reattach: { attempt: 1, calls: [] } });
  await back.ask({ type: 'commit', runId: 'r', record: { type: 'phase', title: 'x', at: 0 } }, 'committed');
  expect((await back.status()).runs[0]?.held).toBeNull();
  const told = journalOf(next, 'r').flatMap(({ type }) =>
    type === 'held' || type === 'released' ? [type] : [],
  );
  expect(told.at(-1)).toBe('released');
});

test('a run that went to find out while an account was used up goes on doing so with the next broker', async () => {
  const rig = await startBroker({ slots: 2 });
  const client = await rig.connect();
  await client.openRun(rig, 'r');
  const a = await client.call('r', 'a');
  await client.granted(a);
  await client.ask({ type: 'settle', runId: 'r', call: a, outcome: used }, 'again');
  const fresh = await rig.connect();
  await fresh.openRun(rig, 'new');
  const x = await fresh.call('new', 'x');
  const leaseId = await fresh.granted(x);
  await rig.crash();
  const next = await startBroker({ slots: 2, home: rig.home });
  const back = await next.connect();
  const request = { contentHash: 'c-x', promptHash: 'p-x', label: 'x' };
  const asked = { call: x, key: 'k', occurrence: 1, request, priority: 'normal', repeatable: true };
  const calls = [{ ...asked, state: 'held', leaseId }];
  await back.openRun(next, 'new', { reattach: { attempt: 1, calls } });
  await back.ask({ type: 'settle', runId: 'new', call: x, outcome: reply('X') }, 'settled');
  await back.granted(await back.call('new', 'y'));
  expect((await back.status()).pace.cause).not.toBeNull();
});

test.each([
  ['once, though its client did not hear of that before the broker died', 'held', 1],
  ['and so does what it costs after its client heard of that', 'waiting', 2],
])('what a call cost that was put back counts %s', async (_, state, setbacks) => {
  const caps = { concurrency: 1, agents: 9, outputTokens: 100 };
  const rig = await startBroker({ slots: 1 });
  const client = await rig.connect();
  await client.openRun(rig, 'r', { waitForQuota: true, caps });
  const begin = { type: 'attempt', attempt: 1, agent: 'a', rehearsal: false, script: '', options: {} };
  await client.ask({ type: 'commit', runId: 'r', record: { ...begin, pid: 1, at: 0 } }, 'committed');
  const a = await client.call('r', 'a');
  const leaseId = await client.granted(a);
  const outcome = { ...used, usage: { ...used.usage, outputTokens: 60 } };
  await client.ask({ type: 'settle', runId: 'r', call: a, outcome }, 'again');
  await rig.crash();
  const next = await startBroker({ slots: 1, home: rig.home });
  const back = await next.connect();
  const request = { contentHash: 'c-a', promptHash: 'p-a', label: 'a' };
  const asked = { call: a, key: 'k', occurrence: 1, request, priority: 'normal', repeatable: true };
  const reattach = { attempt: 1, calls: [{ ...asked, state, leaseId }] };
  await back.openRun(next, 'r', { waitForQuota: true, caps, reattach });
  if (state === 'waiting') {
    for (let n = 0; n < 70; n += 1) next.clock.advance(MINUTE);
    await back.granted(a);
  }
  await back.ask({ type: 'settle', runId: 'r', call: a, outcome }, 'again');
  if (state === 'held') {
    for (let n = 0; n < 70; n += 1) next.clock.advance(MINUTE);
    await back.granted(a);
  }
  await back.ask({ type: 'commit', runId: 'r', record: { type: 'phase', title: 'x', at: 0 } }, 'committed');
  expect(journalOf(next, 'r').filter(({ type }) => type === 'setback')).toHaveLength(setbacks);
});
