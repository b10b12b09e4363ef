/** What agents hear of the model API, and what becomes of their runs. */
import { describe, expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { reply } from '../../support/calls.ts';
import { type BrokerRig, journalOf, type RawClient, startBroker } from '../../support/pool/pool-broker.ts';

const MINUTE = 60_000;
const used = failure('api-error', "You've hit your limit · resets 1:00am (UTC)", { apiStatus: 429 });
/** The manual clock begins with the epoch. */
const RESET = 60 * MINUTE;
const badKey = failure('api-error', 'Invalid API key · Fix external API key', { apiStatus: 401 });
const limited = failure('api-error', 'API Error: Request rejected (429) · slow down', { apiStatus: 429 });

async function open(slots: number, over: object = {}): Promise<{ rig: BrokerRig; client: RawClient }> {
  const rig = await startBroker({ slots });
  const client = await rig.connect();
  await client.openRun(rig, 'r', over);
  return { rig, client };
}

function settle(client: RawClient, call: number, outcome: object, answer: 'settled' | 'again', runId = 'r') {
  return client.ask({ type: 'settle', runId, call, outcome }, answer);
}

async function calls(client: RawClient, count: number, runId = 'r', over: object = {}): Promise<number[]> {
  const made: number[] = [];
  for (let n = 1; n <= count; n += 1) made.push(await client.call(runId, `p${n}`, over));
  return made;
}

/** What it heard beside that it is held, which every run is told. */
function unheld(client: RawClient): unknown[] {
  return client.heard.filter(({ type }) => type !== 'held');
}

/** Of what is in the journal so far. */
async function typesOf(rig: BrokerRig, client: RawClient): Promise<unknown[]> {
  await client.ask(
    { type: 'commit', runId: 'r', record: { type: 'phase', title: 'looked', at: 0 } },
    'committed',
  );
  return journalOf(rig, 'r')
    .map(({ type }) => type)
    .filter((type) => type !== 'header' && type !== 'phase');
}

describe('an account that is used up', () => {
  test('ends every run once its agents have: none of its calls has failed', async () => {
    const { rig, client } = await open(3);
    const other = await rig.connect();
    await other.openRun(rig, 'other');
    const [a = 0, b = 0] = await calls(client, 2);
    const [x = 0] = await calls(other, 2, 'other');
    await client.granted(a);
    await client.granted(b);
    await other.granted(x);
    await settle(client, a, used, 'again');
    expect((await client.status()).runs.map(({ held }) => held)).toEqual([
      { cause: 'quota', resetAt: RESET },
      { cause: 'quota', resetAt: RESET },
    ]);
    await settle(client, b, reply('B'), 'settled');
    const stop = await client.hears('stop', ({ call }) => call === 0);
    expect(stop.why).toMatchObject({ kind: 'paused', pause: { cause: 'quota', resetAt: RESET } });
    expect(stop.why).toMatchObject({ pause: { message: expect.stringContaining('1970-01-01 01:00 UTC') } });
    expect(unheld(other)).toEqual([]);
    await settle(other, x, reply('X'), 'settled', 'other');
    await other.hears('stop', ({ call }) => call === 0);
    expect(await typesOf(rig, client)).toEqual(['started', 'started', 'held', 'setback', 'outcome']);
  });

  test('is heard of while the agent still runs', async () => {
    const { rig, client } = await open(1);
    const [a = 0] = await calls(client, 2);
    await client.granted(a);
    const pressure = { kind: 'quota', resetAt: 5 * MINUTE, message: 'used up' };
    client.say({ type: 'pressure', runId: 'r', call: a, pressure });
    const { pace } = await client.status();
    expect(pace).toEqual({ slots: 1, until: 5 * MINUTE, cause: 'used up' });
    await settle(client, a, used, 'again');
    await client.hears('stop', ({ call }) => call === 0);
    expect((await typesOf(rig, client)).filter((type) => type === 'held')).toHaveLength(2);
  });

  test('is no reason to end a run that wants no more of its agents', async () => {
    const { client } = await open(2);
    const [a = 0, b = 0] = await calls(client, 2);
    await client.granted(a);
    await client.granted(b);
    const pressure = { kind: 'quota', resetAt: null, message: 'used up' };
    client.say({ type: 'pressure', runId: 'r', call: a, pressure });
    await settle(client, b, reply('B'), 'settled');
    await settle(client, a, reply('A'), 'settled');
    await client.ask({ type: 'close_run', runId: 'r' }, 'closed');
    expect(unheld(client)).toEqual([]);
  });

  test('ends a run only once that wants another agent', async () => {
    const { rig, client } = await open(2);
    const other = await rig.connect();
    await other.openRun(rig, 'other');
    const [a = 0] = await calls(client, 1);
    const [x = 0] = await calls(other, 1, 'other');
    await client.granted(a);
    await other.granted(x);
    await settle(other, x, used, 'again', 'other');
    await settle(client, a, reply('A'), 'settled');
    expect((await client.status()).runs.find(({ runId }) => runId === 'r')?.held).toMatchObject({
      cause: 'quota',
    });
    expect(unheld(client)).toEqual([]);
    await client.call('r', 'one more');
    expect((await client.hears('stop', ({ call }) => call === 0)).why).toMatchObject({ kind: 'paused' });
  });

  test('was a false alarm when the one that heard it is served after all', async () => {
    const { client } = await open(1);
    const [a = 0, b = 0] = await calls(client, 2);
    await client.granted(a);
    client.say({
      type: 'pressure',
      runId: 'r',
      call: a,
      pressure: { kind: 'quota', resetAt: null, message: 'm' },
    });
    await settle(client, a, reply('A'), 'settled');
    await client.granted(b);
    expect((await client.status()).pace.cause).toBeNull();
  });

  test('refuses what waits below an agent that runs, now and later: that one could not end', async () => {
    const { client } = await open(1);
    const [a = 0] = await calls(client, 1);
    const lease = await client.granted(a);
    const below = await client.call('r', 'below', { parent: lease });
    const lent = await client.granted(below);
    const deeper = await client.call('r', 'deeper', { parent: lease });
    await settle(client, below, used, 'again');
    const stops = [await client.hears('stop'), await client.hears('stop')];
    expect(stops.map(({ call }) => call).sort()).toEqual([below, deeper].sort());
    const late = await client.call('r', 'late', { parent: lease });
    expect((await client.hears('stop')).call).toBe(late);
    expect(lent).not.toBe(lease);
  });

  test('ends a run that an agent of another one began, as any other', async () => {
    const { rig, client } = await open(1);
    const [a = 0] = await calls(client, 1);
    const parent = await client.granted(a);
    const inner = await rig.connect();
    await inner.openRun(rig, 'inner');
    const [x = 0] = await calls(inner, 2, 'inner', { parent });
    await inner.granted(x);
    await settle(inner, x, used, 'again', 'inner');
    const stop = await inner.hears('stop');
    expect(stop).toMatchObject({ call: 0, why: { kind: 'paused', pause: { cause: 'quota' } } });
    expect(unheld(client)).toEqual([]);
  });

  test('lets the calls of no run through one by one: who makes them hears it from the program itself', async () => {
    const { rig, client } = await open(3);
    const [a = 0] = await calls(client, 1);
    await client.granted(a);
    await settle(client, a, used, 'again');
    const bare = await rig.connect();
    const { runId } = await bare.ask({ type: 'join_run', stateDir: rig.home }, 'run_joined');
    const [x = 0, y = 0] = await calls(bare, 2, runId, { repeatable: false });
    await bare.granted(x);
    expect(unheld(bare)).toEqual([]);
    await settle(bare, x, used, 'settled', runId);
    await bare.granted(y);
    await settle(bare, y, reply('Y'), 'settled', runId);
    expect((await bare.status()).pace.cause).toBeNull();
  });
});

describe('a run that waits for quota', () => {
  test('goes on by itself at that time: with one call first, then with all', async () => {
    const { rig, client } = await open(3, { waitForQuota: true });
    const made = await calls(client, 4);
    for (const call of made.slice(0, 3)) await client.granted(call);
    await settle(client, made[0] as number, used, 'again');
    await settle(client, made[1] as number, used, 'again');
    await settle(client, made[2] as number, reply('C'), 'settled');
    rig.clock.advance(RESET - MINUTE);
    expect((await client.status()).runs[0]).toMatchObject({
      running: 0,
      waiting: 3,
      held: { cause: 'quota' },
    });
    rig.clock.advance(2 * MINUTE);
    const first = await client.hears('granted');
    expect((await client.status()).runs[0]).toMatchObject({ running: 1, waiting: 2, held: null });
    await settle(client, first.call, reply('A'), 'settled');
    await client.hears('granted');
    await client.hears('granted');
    expect(await typesOf(rig, client)).toContain('released');
  });

  test('and finds none yet, waits on, for longer each time; after a day it ends', async () => {
    const { rig, client } = await open(2, { waitForQuota: true });
    const none = failure('api-error', 'Credit balance is too low', { apiStatus: 400 });
    const [a = 0] = await calls(client, 1);
    const pauses: number[] = [];
    for (;;) {
      await client.granted(a);
      await settle(client, a, none, 'again');
      const began = rig.clock.now();
      for (;;) {
        rig.clock.advance(MINUTE);
        const { runs } = await client.status();
        if (runs[0]?.running === 1 || client.heard.some(({ type }) => type === 'stop')) break;
      }
      if (client.heard.some(({ type }) => type === 'stop')) break;
      pauses.push((rig.clock.now() - began) / MINUTE);
    }
    expect(pauses.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
    expect(pauses).toHaveLength(26);
    expect((await client.hears('stop')).why).toMatchObject({ pause: { cause: 'quota', resetAt: null } });
  });
});

describe('credentials that are refused', () => {
  test('with 1,000 calls queued cost as many as there are slots, and end this run alone', async () => {
    const { rig, client } = await open(4);
    const other = await rig.connect();
    await other.openRun(rig, 'other');
    const made = await calls(client, 1000);
    const [x = 0] = await calls(other, 1, 'other');
    const failed = made.slice(0, 4);
    for (const call of failed) await client.granted(call);
    for (const call of failed) await settle(client, call, badKey, 'again');
    const { why } = await client.hears('stop', ({ call }) => call === 0);
    expect(why).toMatchObject({ kind: 'paused', pause: { cause: 'credentials' } });
    expect(why).toMatchObject({ pause: { message: expect.stringContaining('Invalid API key') } });
    expect(
      (await typesOf(rig, client)).filter((type) => type === 'started' || type === 'setback'),
    ).toHaveLength(8);
    expect(await typesOf(rig, client)).not.toContain('outcome');
    await other.granted(x);
    await settle(other, x, reply('X'), 'settled', 'other');
    expect(unheld(other)).toEqual([]);
  });

  test('of a recipe’s own call are its failure, which it has heard, and its run’s end', async () => {
    const { client } = await open(1);
    const [a = 0, b = 0] = await calls(client, 2, 'r', { repeatable: false });
    await client.granted(a);
    await settle(client, a, badKey, 'settled');
    const stopped = [(await client.hears('stop')).call, (await client.hears('stop')).call];
    expect(stopped.sort()).toEqual([0, b]);
  });

  test('end no run that carries out the calls of others', async () => {
    const { client } = await open(1, { waitForCredentials: true });
    const [a = 0, b = 0] = await calls(client, 2, 'r', { repeatable: false });
    await client.granted(a);
    await settle(client, a, badKey, 'settled');
    await client.granted(b);
  });

  test('while others are served with them, are that one call’s own: in the end it fails', async () => {
    const { client } = await open(2);
    const odd = await client.call('r', 'odd');
    const pressure = { kind: 'credentials', message: 'Invalid API key' };
    const heard = { type: 'pressure', runId: 'r', call: odd, pressure };
    await client.granted(odd);
    for (let n = 1; n <= 2; n += 1) {
      const served = await client.call('r', `s${n}`);
      await client.granted(served);
      client.say(heard);
      await settle(client, odd, badKey, 'again');
      await settle(client, served, reply('S'), 'settled');
      await client.granted(odd);
    }
    client.say(heard);
    await settle(client, odd, badKey, 'settled');
    await client.granted(await client.call('r', 'goes on'));
    expect(unheld(client)).toEqual([]);
  });
});

describe('limits', () => {
  test('keep everything new from starting for as long as the API says, and the status tells why', async () => {
    const { rig, client } = await open(2);
    const [a = 0, b = 0, c = 0] = await calls(client, 3);
    await client.granted(a);
    await client.granted(b);
    const pressure = { kind: 'limited', status: 429, retryAfterMs: 5000 };
    client.say({ type: 'pressure', runId: 'r', call: a, pressure });
    const { pace, slots } = await client.status();
    expect(slots).toBe(2);
    expect(pace).toEqual({ slots: 1, until: 5000, cause: 'the model API limits requests (429)' });
    await settle(client, a, reply('A'), 'settled');
    await settle(client, b, reply('B'), 'settled');
    rig.clock.advance(4999);
    expect((await client.status()).runs[0]).toMatchObject({ running: 0, waiting: 1 });
    rig.clock.advance(1);
    await client.granted(c);
  });

  test('hold up a call below an agent as well, and then let it go on', async () => {
    const { rig, client } = await open(1);
    const [a = 0] = await calls(client, 1);
    const parent = await client.granted(a);
    client.say({
      type: 'pressure',
      runId: 'r',
      call: a,
      pressure: { kind: 'limited', status: 529, retryAfterMs: 700 },
    });
    const below = await client.call('r', 'below', { parent });
    expect((await client.status()).lent).toBe(0);
    rig.clock.advance(700);
    await client.granted(below);
  });

  test('let nobody fail as long as anybody is served; when nobody is, the runs end', async () => {
    const { rig, client } = await open(1);
    const [a = 0] = await calls(client, 1);
    const fail = async (): Promise<void> => {
      rig.clock.advance(MINUTE);
      await client.granted(a);
      await settle(client, a, limited, 'again');
    };
    for (let n = 0; n < 4; n += 1) await fail();
    const bare = await rig.connect();
    const { runId } = await bare.ask({ type: 'join_run', stateDir: rig.home }, 'run_joined');
    await fail();
    expect((await typesOf(rig, client)).filter((type) => type === 'setback')).toHaveLength(5);
    const stop = await client.hears('stop', ({ call }) => call === 0);
    expect(stop.why).toMatchObject({ pause: { cause: 'quota', message: expect.stringContaining('429') } });
    expect(runId).toContain('standing');
  });

  test('are no end as long as somebody is served now and then', async () => {
    const { rig, client } = await open(1);
    const other = await rig.connect();
    await other.openRun(rig, 'other');
    const [a = 0] = await calls(client, 1);
    for (let n = 1; n <= 12; n += 1) {
      rig.clock.advance(MINUTE);
      await client.granted(a);
      const x = n % 4 === 0 ? await other.call('other', `x${n}`) : undefined;
      await settle(client, a, limited, 'again');
      if (x === undefined) continue;
      rig.clock.advance(MINUTE);
      await other.granted(x);
      await settle(other, x, reply('X'), 'settled', 'other');
    }
    expect(client.heard.filter(({ type }) => type === 'stop')).toEqual([]);
  });

  test('keep no session waiting: what it asks hears of them itself', async () => {
    const { rig, client } = await open(2);
    const [a = 0] = await calls(client, 1);
    await client.granted(a);
    const pressure = { kind: 'limited', status: 429, retryAfterMs: 5 * MINUTE };
    client.say({ type: 'pressure', runId: 'r', call: a, pressure });
    const session = await client.call('r', 's', {
      priority: 'session',
      overCapAfterMs: 45_000,
      repeatable: false,
    });
    rig.clock.advance(45_000);
    await client.granted(session);
  });

  test('that last are a line in the journal, once', async () => {
    const { rig, client } = await open(1);
    const [a = 0] = await calls(client, 2);
    await client.granted(a);
    for (let n = 0; n < 5; n += 1) {
      client.say({
        type: 'pressure',
        runId: 'r',
        call: a,
        pressure: { kind: 'limited', status: 429, retryAfterMs: 100 },
      });
      await client.status();
      rig.clock.advance(30_000);
    }
    await settle(client, a, reply('A'), 'settled');
    const lines = journalOf(rig, 'r').filter(({ type }) => type === 'log');
    expect(lines.map(({ text }) => text)).toEqual([
      'the model API limits requests (429): 1 of 1 agents at once',
    ]);
  });
});

describe('after a broker’s death', () => {
  test('the next one knows that the account is used up, and until when; a new run finds out for itself', async () => {
    const { rig, client } = await open(2, { waitForQuota: true });
    const options = { agent: 'a', rehearsal: false, script: '', options: {}, pid: 1, at: 0 };
    const begin = { type: 'attempt', attempt: 1, ...options };
    await client.ask({ type: 'commit', runId: 'r', record: begin }, 'committed');
    const [a = 0] = await calls(client, 1);
    await client.granted(a);
    await settle(client, a, used, 'again');
    await rig.crash();
    const next = await startBroker({ slots: 2, home: rig.home });
    const back = await next.connect();
    expect((await back.status()).pace).toMatchObject({ until: RESET });
    const request = { contentHash: 'c-p1', promptHash: 'p-p1', label: 'p1' };
    const call = {
      call: a,
      key: 'k',
      occurrence: 1,
      request,
      state: 'waiting',
      priority: 'normal',
      repeatable: true,
    };
    const reattach = { attempt: 1, calls: [call] };
    await back.openRun(next, 'r', { waitForQuota: true, reattach });
    expect((await back.status()).runs[0]).toMatchObject({
      waiting: 1,
      held: { cause: 'quota', resetAt: RESET },
    });
    const fresh = await next.connect();
    await fresh.openRun(next, 'new');
    const [x = 0] = await calls(fresh, 2, 'new');
    await fresh.granted(x);
    expect(unheld(fresh)).toEqual([]);
    next.clock.advance(RESET + MINUTE);
    await settle(fresh, x, reply('X'), 'settled', 'new');
    await back.granted(a);
  });
});
