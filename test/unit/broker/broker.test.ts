import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { claimPool } from '../../../src/broker/pool-socket.ts';
import { failure } from '../../../src/core/outcome.ts';
import { reply } from '../../support/calls.ts';
import {
  attach,
  greeting,
  journalOf,
  openRun,
  RawClient,
  request,
  startBroker,
} from '../../support/pool/pool-broker.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('who is let in', () => {
  test.each([
    ['a foreign token', { token: 'f'.repeat(64) }, 'token'],
    ['a short token', { token: '' }, 'token'],
    ['another protocol', { protocol: 99 }, 'protocol'],
    ['another protocol, with fields of its own', { protocol: 99, client: undefined, token: 7 }, 'protocol'],
    ['no client', { client: undefined }, 'protocol'],
  ])('not who says hello with %s', async (_name, over, reason) => {
    const rig = await startBroker();
    const client = await RawClient.dial(rig.place);
    const hello = {
      type: 'hello',
      ...greeting(rig.place),
      version: '0',
      client: { pid: 1, startTicks: null },
    };
    client.say({ ...hello, ...over });
    expect((await client.hears('unwelcome')).reason).toBe(reason);
    await client.closed;
  });

  test.each([
    ['a line without end', 'x'.repeat(200_000)],
    ['a huge hello', `${JSON.stringify({ type: 'hello', filler: 'x'.repeat(20_000) })}\n`],
  ])('not who begins with %s: the connection is cut', async (_name, text) => {
    const rig = await startBroker();
    const client = await RawClient.dial(rig.place);
    client.write(text);
    await client.closed;
    await (await rig.connect()).status();
  });

  test('nor who says nothing', async () => {
    const rig = await startBroker();
    const client = await RawClient.dial(rig.place);
    await rig.clock.timerSet(5000);
    rig.clock.advance(5000);
    await client.closed;
  });

  test('who talks nonsense is answered, then cut, and nobody else is harmed', async () => {
    const rig = await startBroker();
    const client = await rig.connect();
    expect((await client.ask({ type: 'sing' }, 'failed')).reason).toBe('malformed');
    expect((await client.ask({ type: 'request', runId: 'r' }, 'failed')).reason).toBe('malformed');
    expect((await client.ask(request('nowhere', 'a'), 'failed')).reason).toBe('no-run');
    for (let line = 0; line < 200; line += 1) client.write('{"not": "a message"}\n');
    await client.closed;
    await (await rig.connect()).status();
  });

  test('folder, token and socket are for their owner alone', async () => {
    const { place } = await startBroker();
    const note = JSON.parse(readFileSync(place.socketNoteFile, 'utf8')) as { path: string };
    const modes = [place.dir, place.tokenFile, place.socketNoteFile, place.heldFile, note.path].map(
      (file) => statSync(file).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600, 0o600]);
  });

  test('there is one broker', async () => {
    const rig = await startBroker();
    const program = { random: Math.random, uid: process.getuid?.() ?? 0, pid: 1 };
    expect(await claimPool(rig.place, program)).toBeUndefined();
  });

  test('a folder whose path is too long for a socket is handled', async () => {
    const home = (await startBroker()).home;
    const deep = `${home}/${'long-name-'.repeat(8)}/${'long-name-'.repeat(8)}`;
    mkdirSync(deep, { recursive: true });
    const rig = await startBroker({ home: deep });
    await (await rig.connect()).status();
  });
});

describe('slots', () => {
  test('no more than there are; a settled call gives its slot on', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const [a, b] = [await client.call('r', 'a'), await client.call('r', 'b')];
    await client.granted(a);
    expect(await client.status()).toMatchObject({ slots: 1, taken: 1, waiting: 1 });
    await client.ask({ type: 'settle', runId: 'r', call: a, outcome: reply('A') }, 'settled');
    await client.granted(b);
    const settled = journalOf(rig, 'r').filter(({ type }) => type === 'outcome');
    expect(settled).toMatchObject([{ call: a, outcome: { text: 'A' } }]);
  });

  test('runs take turns', async () => {
    const rig = await startBroker({ slots: 1 });
    const [many, hook] = [await rig.connect(), await rig.connect()];
    await many.openRun(rig, 'many');
    await hook.openRun(rig, 'hook');
    const first = await many.call('many', '1');
    await many.granted(first);
    for (const prompt of ['2', '3', '4']) await many.call('many', prompt);
    const single = await hook.call('hook', 'single');
    many.say({ type: 'release', runId: 'many', call: first });
    await many.granted(2);
    many.say({ type: 'release', runId: 'many', call: 2 });
    await hook.granted(single);
  });

  test('the cap of a run holds below the slots of the pool, and holds up nobody else', async () => {
    const rig = await startBroker({ slots: 2 });
    const client = await rig.connect();
    await client.openRun(rig, 'narrow', { caps: { concurrency: 1, agents: 10, outputTokens: null } });
    await client.openRun(rig, 'wide');
    await client.granted(await client.call('narrow', 'a'));
    await client.call('narrow', 'b');
    await client.ask(request('wide', 'c'), 'admitted');
    await client.hears('granted', ({ runId }) => runId === 'wide');
    expect((await client.status()).waiting).toBe(1);
  });

  test('are changed, paused and continued while it runs', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    await client.granted(await client.call('r', 'a'));
    const b = await client.call('r', 'b');
    await client.ask({ type: 'set_pool', paused: true }, 'done');
    await client.ask({ type: 'set_pool', slots: 3 }, 'done');
    const c = await client.call('r', 'c');
    expect(await client.status()).toMatchObject({ slots: 3, paused: true, taken: 1, waiting: 2 });
    await client.ask({ type: 'set_pool', paused: false }, 'done');
    await client.granted(b);
    await client.granted(c);
    expect(JSON.parse(readFileSync(rig.place.settingsFile, 'utf8'))).toEqual({ slots: 3 });
  });

  test('stay paused over the end of the broker, until somebody says otherwise', async () => {
    const home = temporaryFolder();
    const first = await startBroker({ home });
    await (await first.connect()).ask({ type: 'set_pool', paused: true }, 'done');
    await first.crash();
    const client = await (await startBroker({ home })).connect();
    await client.ask({ type: 'set_pool', slots: 3 }, 'done');
    expect(await client.status()).toMatchObject({ paused: true, slots: 3 });
  });

  test('are as many as if nobody had set them, once nobody wants to have', async () => {
    const rig = await startBroker({ slots: 2 });
    const client = await rig.connect();
    await client.ask({ type: 'set_pool', slots: 5, minFreeBytes: 1000 }, 'done');
    await client.ask({ type: 'set_pool', slots: null }, 'done');
    expect(await client.status()).toMatchObject({ slots: 2, minFreeBytes: 1000 });
    expect(JSON.parse(readFileSync(rig.place.settingsFile, 'utf8'))).toEqual({ minFreeBytes: 1000 });
  });

  test('a session is let in over the cap after its time, and pays for it later', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const a = await client.call('r', 'a');
    await client.granted(a);
    const session = await client.call('r', 's', { priority: 'session', overCapAfterMs: 45_000 });
    const b = await client.call('r', 'b');
    await rig.clock.timerSet(45_000);
    rig.clock.advance(45_000);
    await client.granted(session);
    expect((await client.status()).taken).toBe(2);
    client.say({ type: 'release', runId: 'r', call: a });
    expect(await client.status()).toMatchObject({ taken: 1, waiting: 1 });
    client.say({ type: 'release', runId: 'r', call: session });
    await client.granted(b);
  });

  test('none is given while memory is short, but to the only one', async () => {
    const rig = await startBroker({ slots: 4 });
    const client = await rig.connect();
    await client.ask({ type: 'set_pool', minFreeBytes: 1000 }, 'done');
    rig.memory.availableBytes = 10;
    await client.openRun(rig, 'r');
    await client.granted(await client.call('r', 'a'));
    const b = await client.call('r', 'b');
    await rig.clock.timerSet(250);
    rig.clock.advance(250);
    await rig.clock.timerSet(500);
    expect((await client.status()).waiting).toBe(1);
    rig.memory.availableBytes = 10_000;
    rig.clock.advance(500);
    await client.granted(b);
  });
});

describe('a nested call', () => {
  test('borrows the slot of its ancestor: a pool of one does not stand still', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r', { caps: { concurrency: 1, agents: 100, outputTokens: null } });
    const outer = await client.call('r', 'outer');
    const lease = await client.granted(outer);
    const inner = await client.call('r', 'inner', { parent: lease });
    const innerLease = await client.granted(inner);
    const innermost = await client.call('r', 'innermost', { parent: innerLease });
    await client.granted(innermost);
    expect(await client.status()).toMatchObject({ taken: 1, lent: 2 });
  });

  test('one at a time: 50 of one agent come one after the other', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const lease = await client.granted(await client.call('r', 'outer'));
    const nested: number[] = [];
    for (let at = 0; at < 50; at += 1) nested.push(await client.call('r', `n${at}`, { parent: lease }));
    for (const call of nested) {
      await client.granted(call);
      expect((await client.status()).lent).toBe(1);
      client.say({ type: 'release', runId: 'r', call });
    }
    expect(await client.status()).toMatchObject({ taken: 1, lent: 0, waiting: 0 });
  });

  test('takes a normal slot where the loan is taken', async () => {
    const rig = await startBroker({ slots: 2 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const lease = await client.granted(await client.call('r', 'outer'));
    await client.granted(await client.call('r', 'n1', { parent: lease }));
    await client.granted(await client.call('r', 'n2', { parent: lease }));
    expect(await client.status()).toMatchObject({ taken: 2, lent: 1 });
  });
});

describe('the lease that an agent inherits', () => {
  test('keeps the slot until it closes, and megabytes or commands on it change nothing', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const a = await client.call('r', 'a');
    const leaseId = await client.granted(a);
    const lease = await attach(rig.place, leaseId);
    lease.say({ type: 'release', runId: 'r', call: a });
    lease.say({ type: 'stop_pool', seq: 1, force: true });
    lease.write(Buffer.alloc(4 * 1024 * 1024, 'x'));
    const b = await client.call('r', 'b');
    await client.ask({ type: 'settle', runId: 'r', call: a, outcome: reply('A') }, 'settled');
    expect(await client.status()).toMatchObject({ taken: 1, waiting: 1 });
    expect(lease.heard).toEqual([]);
    lease.leave();
    await client.granted(b);
  });

  test('kept by a daemon that outlives its agent, it does not keep the slot for ever', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const a = await client.call('r', 'a');
    const daemon = await attach(rig.place, await client.granted(a));
    client.say({ type: 'runs', runId: 'r', call: a, agent: { pid: 80, startTicks: '8' } });
    await client.ask({ type: 'settle', runId: 'r', call: a, outcome: reply('A') }, 'settled');
    const b = await client.call('r', 'b');
    rig.clock.advance(9000);
    expect((await client.status()).waiting).toBe(1);
    rig.clock.advance(2000);
    await daemon.closed;
    await client.granted(b);
  });

  test('is refused for a slot that nobody gave out', async () => {
    const rig = await startBroker();
    const lease = await RawClient.dial(rig.place);
    lease.say({ type: 'lease', ...greeting(rig.place), leaseId: 'made-up' });
    await lease.closed;
    expect(lease.heard).toEqual([]);
  });
});

describe('a client that goes away', () => {
  test('what waited is dropped; what ran is ended, recorded as stopped, and its slot is free only then', async () => {
    const rig = await startBroker({ slots: 1 });
    const [client, other] = [await rig.connect(), await rig.connect()];
    await client.openRun(rig, 'r');
    const a = await client.call('r', 'a');
    await client.granted(a);
    await client.call('r', 'b');
    rig.processes.living.add(77);
    client.say({ type: 'runs', runId: 'r', call: a, agent: { pid: 77, startTicks: '7' } });
    await client.status();
    client.leave();
    await rig.clock.timerSet(200);
    expect(rig.processes.signals).toEqual(['SIGTERM 77']);
    expect(await other.status()).toMatchObject({ taken: 1, waiting: 0 });
    rig.clock.advance(5000);
    expect(rig.processes.signals.at(-1)).toBe('SIGKILL 77');
    const again = other.openRun(rig, 'r');
    rig.processes.living.delete(77);
    rig.clock.advance(200);
    await again;
    const outcomes = journalOf(rig, 'r').filter(({ type }) => type === 'outcome');
    expect(outcomes).toMatchObject([{ call: a, outcome: { kind: 'failure', reason: 'stopped' } }]);
    await other.granted(await other.call('r', 'a'));
  });

  test('before it told of its agent: the agent is found by its lease', async () => {
    const rig = await startBroker({ slots: 1 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const leaseId = await client.granted(await client.call('r', 'a'));
    rig.processes.living.add(78);
    rig.processes.byLease.set(leaseId, { pid: 78, startTicks: '8' });
    client.leave();
    await rig.clock.timerSet(200);
    expect(rig.processes.signals).toEqual(['SIGTERM 78']);
  });

  test('a run is one client’s: `busy` for the next while it lives', async () => {
    const rig = await startBroker();
    const [client, other] = [await rig.connect(), await rig.connect()];
    await client.openRun(rig, 'r');
    expect((await other.ask(openRun(rig, 'r'), 'failed')).reason).toBe('busy');
    await client.ask({ type: 'close_run', runId: 'r' }, 'closed');
    await other.openRun(rig, 'r');
  });
});

describe('the run of the day', () => {
  test('takes the calls of all who have no other, and survives them', async () => {
    const rig = await startBroker();
    const [one, two] = [await rig.connect(), await rig.connect()];
    const joined = await one.ask({ type: 'join_run', stateDir: rig.home }, 'run_joined');
    expect(joined.runId).toBe('19700101-standing');
    await two.ask({ type: 'join_run', stateDir: rig.home }, 'run_joined');
    const a = await one.call(joined.runId, 'a');
    await one.granted(a);
    await one.ask({ type: 'settle', runId: joined.runId, call: a, outcome: reply('A') }, 'settled');
    one.leave();
    // Nothing is answered from its journal: the same words may be meant anew.
    const again = await two.call(joined.runId, 'a');
    await two.granted(again);
    expect(again).toBe(2);
    const types = journalOf(rig, joined.runId).map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['header', 'attempt']);
    expect(types.filter((type) => type === 'attempt')).toHaveLength(1);
  });

  test('another run is joined by its name, where its owner lets others in', async () => {
    const rig = await startBroker();
    const [owner, member] = [await rig.connect(), await rig.connect()];
    await owner.openRun(rig, 'mine', { joinable: false });
    await owner.openRun(rig, 'ours');
    const join = { type: 'join_run', stateDir: rig.home };
    expect((await member.ask({ ...join, runId: 'mine' }, 'failed')).reason).toBe('refused');
    await member.ask({ ...join, runId: 'ours' }, 'run_joined');
    const call = await member.call('ours', 'a');
    await member.granted(call);
    await owner.ask({ type: 'stop_run', runId: 'ours' }, 'done');
    await member.hears('stop', (message) => message.call === call);
    // Its agent was ended with everything below the recipe, before the client had heard why.
    const killed = failure('killed', 'SIGTERM ended the call');
    await member.ask({ type: 'settle', runId: 'ours', call, outcome: killed }, 'settled');
    expect(journalOf(rig, 'ours').findLast(({ type }) => type === 'outcome')).toMatchObject({
      outcome: { reason: 'stopped', message: 'SIGTERM ended the call' },
    });
    const gone = member.ask({ ...join, runId: 'nowhere' }, 'failed');
    await rig.clock.timerSet(2000);
    rig.clock.advance(2000);
    expect((await gone).reason).toBe('no-run');
  });
});

describe('its own end', () => {
  test('comes when nobody needed it for a while', async () => {
    const rig = await startBroker({ idleMs: 60_000 });
    const client = await rig.connect();
    client.leave();
    await rig.clock.timerSet(60_000);
    rig.clock.advance(60_000);
    expect(await rig.broker.ended).toEqual({ kind: 'idle' });
    expect(() => statSync(rig.place.socketNoteFile)).toThrow('ENOENT');
  });

  test('not while an agent lives', async () => {
    const rig = await startBroker({ idleMs: 60_000 });
    const client = await rig.connect();
    await client.openRun(rig, 'r');
    const a = await client.call('r', 'a');
    await client.granted(a);
    rig.processes.living.add(79);
    client.say({ type: 'runs', runId: 'r', call: a, agent: { pid: 79, startTicks: '9' } });
    await client.status();
    client.leave();
    await rig.clock.timerSet(200);
    rig.clock.advance(120_000);
    expect(rig.broker.isEnding).toBe(false);
  });

  test('comes when its folder was taken away', async () => {
    const rig = await startBroker();
    rmSync(rig.place.dir, { recursive: true });
    rig.clock.advance(5000);
    expect(await rig.broker.ended).toEqual({ kind: 'ousted' });
  });

  test('a forced `stop_pool` is told to all who have runs open, and waits for them to record their ends', async () => {
    const rig = await startBroker({ slots: 1 });
    const [busy, idle, operator] = [await rig.connect(), await rig.connect(), await rig.connect()];
    await busy.openRun(rig, 'busy');
    await idle.openRun(rig, 'idle');
    const [a, b] = [await busy.call('busy', 'a'), await busy.call('busy', 'b')];
    await busy.granted(a);
    const stopped = operator.ask({ type: 'stop_pool', force: true }, 'done');
    for (const call of [0, a, b]) await busy.hears('stop', (message) => message.call === call);
    await idle.hears('stop', (message) => message.call === 0);
    expect((await idle.ask(request('idle', 'late'), 'failed')).reason).toBe('refused');
    busy.say({ type: 'cancel', runId: 'busy', call: b });
    await busy.ask({ type: 'settle', runId: 'busy', call: a, outcome: reply('A') }, 'settled');
    for (const client of [busy, idle]) {
      const runId = client === busy ? 'busy' : 'idle';
      await client.ask({ type: 'close_run', runId }, 'closed');
    }
    await rig.clock.runUntil(stopped, 100);
    expect(await rig.broker.ended).toEqual({ kind: 'stopped' });
  });

  test('`stop_pool` is refused while calls run, unless forced', async () => {
    const rig = await startBroker();
    const [client, operator] = [await rig.connect(), await rig.connect()];
    await client.openRun(rig, 'r');
    await client.granted(await client.call('r', 'a'));
    expect((await operator.ask({ type: 'stop_pool', force: false }, 'failed')).reason).toBe('busy');
    const stopped = operator.ask({ type: 'stop_pool', force: true }, 'done');
    // It does not react: its calls are ended after ten seconds, and it is left behind after some more.
    await rig.clock.timerSet(10_000);
    rig.clock.advance(10_000);
    await rig.clock.runUntil(stopped, 500);
    expect(await rig.broker.ended).toEqual({ kind: 'stopped' });
  });
});
