import { describe, expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { reply } from '../../support/calls.ts';
import { type BrokerRig, journalOf, type RawClient, startBroker } from '../../support/pool-broker.ts';

const by = { pid: 4711, uid: 1000, user: 'ada' };
const stopped = failure('stopped', 'ended by us');

function steer(action: string, call?: number) {
  return { type: 'steer', runId: 'r', action, call, by };
}

/** A run of one client, and somebody in another shell. */
async function open(slots: number): Promise<{ rig: BrokerRig; client: RawClient; other: RawClient }> {
  const rig = await startBroker({ slots });
  const [client, other] = [await rig.connect(), await rig.connect()];
  await client.openRun(rig, 'r');
  return { rig, client, other };
}

describe('retry', () => {
  test('has the agent of a running call ended, and asks it anew under its number; what was spent is on record', async () => {
    const { rig, client, other } = await open(1);
    const call = await client.call('r', 'a');
    await client.granted(call);
    await other.ask(steer('retry', call), 'done');
    expect((await client.hears('stop')).why).toEqual({ kind: 'retry', by });
    const paid = { ...stopped, usage: { ...stopped.usage, outputTokens: 7 } };
    await client.ask({ type: 'settle', runId: 'r', call, outcome: paid }, 'again');
    await client.granted(call);
    await client.ask({ type: 'settle', runId: 'r', call, outcome: reply('A') }, 'settled');
    const told = journalOf(rig, 'r').filter(({ call: of }) => of === call);
    expect(told.map(({ type }) => type)).toEqual(['started', 'steered', 'setback', 'started', 'outcome']);
    expect(told[2]).toMatchObject({ cause: 'retry', outcome: { usage: { outputTokens: 7 } } });
  });

  test('of a call that ended well meanwhile changes nothing', async () => {
    const { client, other } = await open(1);
    const call = await client.call('r', 'a');
    await client.granted(call);
    await other.ask(steer('retry', call), 'done');
    await client.ask({ type: 'settle', runId: 'r', call, outcome: reply('A') }, 'settled');
  });

  test.each([
    ['a call that waits', 2, 'waits for its turn'],
    ['one that there is not', 9, 'not open'],
    ['none', undefined, 'not open'],
  ])('of %s is refused', async (_name, call, why) => {
    const { client, other } = await open(1);
    await client.granted(await client.call('r', 'a'));
    await client.call('r', 'b');
    expect((await other.ask(steer('retry', call), 'failed')).message).toContain(why);
  });

  test('of one whose recipe hears it live is refused, and so is a second hold of the same call', async () => {
    const { client, other } = await open(2);
    const live = await client.call('r', 'a', { repeatable: false });
    await client.granted(live);
    expect((await other.ask(steer('retry', live), 'failed')).message).toContain('cannot be asked anew');
    await other.ask(steer('skip', live), 'done');
    expect((await client.ask(steer('skip', live), 'failed')).message).toContain('being ended already');
  });
});

describe('skip', () => {
  test('ends the agent of a running call, and settles it', async () => {
    const { client, other } = await open(1);
    const call = await client.call('r', 'a');
    await client.granted(call);
    await other.ask(steer('skip', call), 'done');
    expect(await client.hears('stop')).toMatchObject({ call, why: { kind: 'skipped', by } });
    const outcome = failure('skipped', 'skipped by ada');
    await client.ask({ type: 'settle', runId: 'r', call, outcome }, 'settled');
  });

  test('takes a waiting call out of the line', async () => {
    const { client, other } = await open(1);
    const first = await client.call('r', 'a');
    await client.granted(first);
    const [second, third] = [await client.call('r', 'b'), await client.call('r', 'c')];
    await other.ask(steer('skip', second), 'done');
    expect(await client.hears('stop')).toMatchObject({ call: second, why: { kind: 'skipped' } });
    client.say({ type: 'release', runId: 'r', call: first });
    await client.granted(third);
  });
});

describe('pause', () => {
  test('lets what runs finish and starts nothing new, not even over the cap; continue goes on in order', async () => {
    const { rig, client, other } = await open(2);
    const first = await client.call('r', 'a');
    await client.granted(first);
    await other.ask(steer('pause'), 'done');
    const late = [await client.call('r', 'b'), await client.call('r', 'c')];
    await client.call('r', 'd', { priority: 'session', overCapAfterMs: 45_000 });
    rig.clock.advance(45_000);
    await client.ask({ type: 'settle', runId: 'r', call: first, outcome: reply('A') }, 'settled');
    const [run] = (await client.status()).runs;
    expect(run).toMatchObject({ held: { cause: 'person', resetAt: null }, running: 0, waiting: 3 });
    await other.ask(steer('continue'), 'done');
    for (const call of late) await client.granted(call);
    expect((await client.status()).runs[0]?.held).toBeNull();
    const told = journalOf(rig, 'r').filter(({ type }) =>
      ['steered', 'held', 'released'].includes(`${type}`),
    );
    expect(told.map(({ type, action }) => action ?? type)).toEqual(['pause', 'held', 'continue', 'released']);
    expect(told[0]).toMatchObject({ by });
  });

  test('holds up nobody else, not even from the head of the line', async () => {
    const { rig, client, other } = await open(1);
    await other.openRun(rig, 'o');
    const first = await client.call('r', 'a');
    await client.granted(first);
    const waiting = await client.call('r', 'b');
    const others = await other.call('o', 'x');
    await other.ask(steer('pause'), 'done');
    client.say({ type: 'release', runId: 'r', call: first });
    await other.granted(others);
    await other.ask({ ...steer('continue') }, 'done');
    other.say({ type: 'release', runId: 'o', call: others });
    await client.granted(waiting);
  });
});

test('stop is told to the owner with its reason, and to nobody twice', async () => {
  const { client, other } = await open(1);
  const call = await client.call('r', 'a');
  await client.granted(call);
  await other.ask(steer('stop'), 'done');
  expect(await client.hears('stop', ({ call: of }) => of === 0)).toMatchObject({ why: { kind: 'stopped' } });
  expect((await other.ask(steer('pause'), 'failed')).message).toContain('being stopped already');
});

test('a run that nobody has open cannot be taken hold of', async () => {
  const { other } = await open(1);
  expect((await other.ask({ ...steer('pause'), runId: 'x' }, 'failed')).reason).toBe('no-run');
});
