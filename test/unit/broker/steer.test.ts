import { describe, expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { reply } from '../../support/calls.ts';
import {
  ATTEMPT,
  type BrokerRig,
  journalOf,
  type RawClient,
  request,
  startBroker,
} from '../../support/pool/pool-broker.ts';

const by = { pid: 4711, uid: 1000, user: 'ada' };
const stopped = failure('stopped', 'ended by us');

function steer(action: string, call?: number) {
  return { type: 'steer', runId: 'r', dir: '/anywhere', action, call, by };
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
    await other.ask(steer('retry', call), 'steered');
    expect((await client.hears('stop')).why).toEqual({ kind: 'retry', by });
    const paid = { ...stopped, usage: { ...stopped.usage, outputTokens: 7 } };
    await client.ask({ type: 'settle', runId: 'r', call, outcome: paid }, 'again');
    await client.granted(call);
    await client.ask({ type: 'settle', runId: 'r', call, outcome: reply('A') }, 'settled');
    const told = journalOf(rig, 'r').filter(({ call: of }) => of === call);
    expect(told.map(({ type }) => type)).toEqual(['started', 'steered', 'setback', 'started', 'outcome']);
    expect(told[2]).toMatchObject({ cause: 'retry', outcome: { usage: { outputTokens: 7 } } });
  });

  test.each([1, 100])('goes before what waits, with %i at once', async (concurrency) => {
    const rig = await startBroker({ slots: 1 });
    const [client, other] = [await rig.connect(), await rig.connect()];
    const caps = { concurrency, agents: 1000, outputTokens: null };
    await client.openRun(rig, 'r', { caps });
    const call = await client.call('r', 'a');
    await client.granted(call);
    await client.call('r', 'b');
    await other.ask(steer('retry', call), 'steered');
    await client.ask({ type: 'settle', runId: 'r', call, outcome: stopped }, 'again');
    expect((await client.hears('granted')).call).toBe(call);
  });

  test('of a call that ended well meanwhile changes nothing', async () => {
    const { client, other } = await open(1);
    const call = await client.call('r', 'a');
    await client.granted(call);
    await other.ask(steer('retry', call), 'steered');
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
    await other.ask(steer('skip', live), 'steered');
    expect((await client.ask(steer('skip', live), 'failed')).message).toContain('being ended already');
  });
});

describe('skip', () => {
  test('ends the agent of a running call, and settles it', async () => {
    const { client, other } = await open(1);
    const call = await client.call('r', 'a');
    await client.granted(call);
    await other.ask(steer('skip', call), 'steered');
    expect(await client.hears('stop')).toMatchObject({ call, why: { kind: 'skipped', by } });
    const outcome = failure('skipped', 'skipped by ada');
    await client.ask({ type: 'settle', runId: 'r', call, outcome }, 'settled');
  });

  test('takes a waiting call out of the line, and says so in the journal', async () => {
    const { rig, client, other } = await open(1);
    const first = await client.call('r', 'a');
    await client.granted(first);
    const [second, third] = [await client.call('r', 'b'), await client.call('r', 'c')];
    await other.ask(steer('skip', second), 'steered');
    expect(await client.hears('stop')).toMatchObject({ call: second, why: { kind: 'skipped' } });
    client.say({ type: 'release', runId: 'r', call: first });
    await client.granted(third);
    const told = journalOf(rig, 'r').filter(({ call: of }) => of === second);
    expect(told.map(({ type }) => type)).toEqual(['steered', 'started', 'outcome']);
    expect(told[2]).toMatchObject({ outcome: { reason: 'skipped', message: 'skipped by ada' } });
  });
});

describe('pause', () => {
  test('lets what runs finish and starts nothing new, not even over the cap; continue goes on in order', async () => {
    const { rig, client, other } = await open(2);
    const first = await client.call('r', 'a');
    await client.granted(first);
    await other.ask(steer('pause'), 'steered');
    const late = [await client.call('r', 'b'), await client.call('r', 'c')];
    await client.call('r', 'd', { priority: 'session', overCapAfterMs: 45_000 });
    rig.clock.advance(45_000);
    await client.ask({ type: 'settle', runId: 'r', call: first, outcome: reply('A') }, 'settled');
    const [run] = (await client.status()).runs;
    expect(run).toMatchObject({ held: { cause: 'person', resetAt: null }, running: 0, waiting: 3 });
    await other.ask(steer('continue'), 'steered');
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
    await other.ask(steer('pause'), 'steered');
    client.say({ type: 'release', runId: 'r', call: first });
    await other.granted(others);
    await other.ask({ ...steer('continue') }, 'steered');
    other.say({ type: 'release', runId: 'o', call: others });
    await client.granted(waiting);
  });
});

test('stop is told to the owner with its reason, and to nobody twice', async () => {
  const { client, other } = await open(1);
  const call = await client.call('r', 'a');
  await client.granted(call);
  await other.ask(steer('stop'), 'steered');
  expect(await client.hears('stop', ({ call: of }) => of === 0)).toMatchObject({ why: { kind: 'stopped' } });
  expect((await other.ask(steer('pause'), 'failed')).message).toContain('being stopped already');
});

test('a run that nobody has open cannot be taken hold of', async () => {
  const { other } = await open(1);
  expect((await other.ask({ ...steer('pause'), runId: 'x' }, 'failed')).reason).toBe('no-run');
});

function steeredIn(rig: BrokerRig, runId = 'r'): Record<string, unknown>[] {
  return journalOf(rig, runId).filter(({ type }) => type === 'steered');
}

describe('two at once', () => {
  test('stop: the second hears that it is under way, and both stand in the journal', async () => {
    const { rig, client, other } = await open(1);
    await client.granted(await client.call('r', 'a'));
    const third = await rig.connect();
    const eve = { pid: 4712, uid: 1000, user: 'eve' };
    const answers = await Promise.all([
      other.ask(steer('stop'), 'steered'),
      third.ask({ ...steer('stop'), by: eve }, 'steered'),
    ]);
    expect(answers.map(({ changed }) => changed).sort()).toEqual([false, true]);
    expect(answers[0]).toMatchObject({ running: 1, waiting: 0, held: null });
    expect(
      steeredIn(rig)
        .map(({ by: who }) => (who as typeof eve).user)
        .sort(),
    ).toEqual(['ada', 'eve']);
  });

  test('skip: the second is refused, and on record with why', async () => {
    const { rig, client, other } = await open(1);
    const call = await client.call('r', 'a');
    await client.granted(call);
    await other.ask(steer('skip', call), 'steered');
    await other.ask(steer('skip', call), 'failed');
    expect(steeredIn(rig).map(({ refused }) => refused)).toEqual([
      undefined,
      expect.stringContaining('being ended already'),
    ]);
  });

  test('pause and continue of what is so already changes nothing', async () => {
    const { rig, client, other } = await open(1);
    await client.call('r', 'a');
    expect(await other.ask(steer('continue'), 'steered')).toMatchObject({ changed: false, held: null });
    expect(await other.ask(steer('pause'), 'steered')).toMatchObject({ changed: true });
    expect(await other.ask(steer('pause'), 'steered')).toMatchObject({
      changed: false,
      held: { cause: 'person', resetAt: null },
    });
    expect(journalOf(rig, 'r').filter(({ type }) => type === 'held')).toHaveLength(1);
  });
});

test('the owner is told of a pause, and of its end', async () => {
  const { client, other } = await open(1);
  await other.ask(steer('pause'), 'steered');
  expect(await client.hears('held')).toMatchObject({ runId: 'r', held: { cause: 'person' } });
  await other.ask(steer('continue'), 'steered');
  expect(await client.hears('held')).toMatchObject({ held: null });
});

test('a paused run is stopped: what waits is let go, and nothing starts', async () => {
  const { client, other } = await open(1);
  const call = await client.call('r', 'a');
  await client.granted(call);
  await other.ask(steer('pause'), 'steered');
  const waiting = await client.call('r', 'b');
  await other.ask(steer('stop'), 'steered');
  await client.hears('stop', ({ call: of }) => of === waiting);
  client.say({ type: 'cancel', runId: 'r', call: waiting });
  await client.ask({ type: 'settle', runId: 'r', call, outcome: stopped }, 'settled');
  await client.ask({ type: 'close_run', runId: 'r' }, 'closed');
});

describe('a client that does not end what it is told to end', () => {
  async function running() {
    const opened = await open(1);
    const { rig, client } = opened;
    const call = await client.call('r', 'a');
    await client.granted(call);
    client.say({ type: 'runs', runId: 'r', call, agent: { pid: 900, startTicks: '9' } });
    rig.processes.living.add(900);
    await client.status();
    return { ...opened, call };
  }

  test.each(['stop', 'skip', 'retry'])('%s: the broker ends the agent after ten seconds', async (action) => {
    const { rig, other, call } = await running();
    await other.ask(steer(action, action === 'stop' ? undefined : call), 'steered');
    rig.clock.advance(9999);
    expect(rig.processes.signals).toEqual([]);
    rig.clock.advance(1);
    expect(rig.processes.signals).toEqual(['SIGTERM 900']);
    rig.clock.advance(5000);
    expect(rig.processes.signals).toContain('SIGKILL 900');
  });

  test('skip: it is on record without it, once', async () => {
    const { rig, client, other, call } = await running();
    await other.ask(steer('skip', call), 'steered');
    rig.clock.advance(10_000);
    rig.processes.living.delete(900);
    rig.clock.advance(200);
    await client.ask({ type: 'settle', runId: 'r', call, outcome: failure('killed', 'gone') }, 'settled');
    await client.ask({ type: 'close_run', runId: 'r' }, 'closed');
    const outcomes = journalOf(rig, 'r').filter(({ type }) => type === 'outcome');
    expect(outcomes).toMatchObject([{ outcome: { reason: 'skipped' } }]);
  });

  test('retry: when it comes to itself, the call is asked anew all the same', async () => {
    const { rig, client, other, call } = await running();
    await other.ask(steer('retry', call), 'steered');
    rig.clock.advance(10_000);
    rig.processes.living.delete(900);
    rig.clock.advance(200);
    await client.ask({ type: 'settle', runId: 'r', call, outcome: failure('killed', 'gone') }, 'again');
    await client.granted(call);
  });

  test('who did end it in time is left alone afterwards', async () => {
    const { rig, client, other, call } = await running();
    await other.ask(steer('retry', call), 'steered');
    await client.ask({ type: 'settle', runId: 'r', call, outcome: stopped }, 'again');
    rig.processes.living.delete(900);
    rig.clock.advance(200);
    await client.granted(call);
    client.say({ type: 'runs', runId: 'r', call, agent: { pid: 901, startTicks: '9' } });
    rig.processes.living.add(901);
    await client.status();
    rig.clock.advance(20_000);
    expect(rig.processes.signals).toEqual([]);
  });
});

describe('a broker that dies', () => {
  test('leaves a pause to the next one, which tells the owner of its end', async () => {
    const { rig, client, other } = await open(1);
    client.say({ type: 'append', runId: 'r', record: ATTEMPT });
    await other.ask(steer('pause'), 'steered');
    await rig.crash();
    const next = await startBroker({ slots: 1, home: rig.home });
    const [back, shell] = [await next.connect(), await next.connect()];
    await back.openRun(next, 'r', { reattach: { attempt: 1, calls: [] } });
    const call = await back.call('r', 'a');
    expect((await back.status()).runs[0]).toMatchObject({
      held: { cause: 'person' },
      waiting: 1,
      running: 0,
    });
    expect(await shell.ask(steer('continue'), 'steered')).toMatchObject({ changed: true });
    await back.granted(call);
    expect(await back.hears('held')).toMatchObject({ held: null });
  });

  test('leaves no pause to the next attempt, nor one that was over', async () => {
    const { rig, client, other } = await open(1);
    client.say({ type: 'append', runId: 'r', record: ATTEMPT });
    await other.ask(steer('pause'), 'steered');
    await other.ask(steer('continue'), 'steered');
    await rig.crash();
    const next = await startBroker({ slots: 1, home: rig.home });
    const back = await next.connect();
    await back.openRun(next, 'r', { reattach: { attempt: 1, calls: [] } });
    await back.ask(steer('pause'), 'steered');
    back.leave();
    const again = await next.connect();
    await again.openRun(next, 'r');
    await again.granted(await again.call('r', 'a'));
  });

  test('forgets no retry: the agent that is being ended is no end of its call', async () => {
    const { rig, client, other } = await open(1);
    client.say({ type: 'append', runId: 'r', record: ATTEMPT });
    const call = await client.call('r', 'a');
    const leaseId = await client.granted(call);
    await other.ask(steer('retry', call), 'steered');
    const { why } = await client.hears('stop');
    await rig.crash();
    const next = await startBroker({ slots: 1, home: rig.home });
    const back = await next.connect();
    const asked = request('r', 'a').request;
    const held = { call, key: 'v1:c-a:1', occurrence: 1, request: asked, state: 'held', leaseId };
    const known = { ...held, priority: 'normal', repeatable: true, stop: why };
    await back.openRun(next, 'r', { reattach: { attempt: 1, calls: [known] } });
    await back.ask({ type: 'settle', runId: 'r', call, outcome: stopped }, 'again');
  });
});

describe('the run of the day', () => {
  async function standing() {
    const rig = await startBroker({ slots: 1 });
    const [shim, other] = [await rig.connect(), await rig.connect()];
    const { runId, dir } = await shim.ask({ type: 'join_run', stateDir: rig.home }, 'run_joined');
    const order = (action: string) => ({ ...steer(action), runId, dir });
    return { rig, shim, other, runId, order };
  }

  test('is found by its folder, waits and goes on', async () => {
    const { shim, other, runId, order } = await standing();
    await other.ask(order('pause'), 'steered');
    const call = await shim.call(runId, 'a', { repeatable: false });
    expect((await shim.status()).runs[0]).toMatchObject({ waiting: 1, running: 0 });
    await other.ask(order('continue'), 'steered');
    await shim.granted(call);
    const elsewhere = { ...order('pause'), dir: '/elsewhere' };
    expect((await other.ask(elsewhere, 'failed')).reason).toBe('no-run');
  });

  test('loses what it has by a stop, and lets in what comes later', async () => {
    const { rig, shim, other, runId, order } = await standing();
    const call = await shim.call(runId, 'a', { repeatable: false });
    await shim.granted(call);
    await other.ask(order('stop'), 'steered');
    await shim.hears('stop', ({ call: of }) => of === call);
    const late = await shim.ask(request(runId, 'b'), 'failed');
    expect(late.message).toContain('was stopped');
    await shim.ask({ type: 'settle', runId, call, outcome: stopped }, 'settled');
    const next = await shim.call(runId, 'c');
    await shim.granted(next);
    shim.say({ type: 'runs', runId, call: next, agent: { pid: 900, startTicks: '9' } });
    rig.processes.living.add(900);
    await shim.status();
    rig.clock.advance(20_000);
    expect(rig.processes.signals).toEqual([]);
    await shim.ask({ type: 'settle', runId, call: next, outcome: reply('C') }, 'settled');
    expect(journalOf(rig, runId).filter(({ type }) => type === 'outcome')).toHaveLength(2);
  });
});
