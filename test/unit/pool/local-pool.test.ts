import { describe, expect, test } from 'vitest';
import type { Admission, Lease } from '../../../src/core/ports.ts';
import type { RunCaps } from '../../../src/core/run.ts';
import { LocalPool } from '../../../src/pool/local-pool.ts';
import { newRunState } from '../../../src/pool/run-state.ts';
import type { JournalRecord } from '../../../src/wire/records/record.ts';
import { reply, request, tokens } from '../../support/calls.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const CAPS: RunCaps = { concurrency: 2, agents: 1000, outputTokens: null };
const NEVER = new AbortController().signal;

function poolWith(caps: Partial<RunCaps> = {}) {
  const records: JournalRecord[] = [];
  const sink = {
    append: (record: JournalRecord) => void records.push(record),
    commit: async (record: JournalRecord) => void records.push(record),
  };
  const pool = new LocalPool(newRunState({ ...CAPS, ...caps }), sink, new ManualClock());
  return { pool, records };
}

async function queued(pool: LocalPool, prompt: string) {
  const admission = await pool.request(request({ prompt }));
  return expectQueued(admission);
}

function expectQueued(admission: Admission) {
  if (admission.kind !== 'queued') throw new Error(`expected a place in the queue, got ${admission.kind}`);
  return admission;
}

async function leased(pool: LocalPool, prompt: string): Promise<Lease> {
  const placement = await (await queued(pool, prompt)).place(NEVER);
  if (placement.kind !== 'leased') throw new Error(placement.message);
  return placement.lease;
}

describe('places', () => {
  test('the third call waits until one of two places is free', async () => {
    const { pool } = poolWith();
    const first = await leased(pool, 'a');
    await leased(pool, 'b');
    let third: Lease | undefined;
    const waiting = leased(pool, 'c').then((lease) => {
      third = lease;
    });
    await settleMicrotasks();
    expect(third).toBeUndefined();
    await first.settle(reply('A'));
    await waiting;
    expect(third).toBeDefined();
  });

  test('the place is free before the disk has answered', async () => {
    const { pool } = poolWith({ concurrency: 1 });
    const stuck = new LocalPool(
      newRunState({ ...CAPS, concurrency: 1 }),
      { append: () => undefined, commit: () => new Promise(() => undefined) },
      new ManualClock(),
    );
    const first = await leased(stuck, 'a');
    void first.settle(reply('A'));
    await leased(stuck, 'b');
    await leased(pool, 'c');
  });

  test('a lease that ends without an outcome frees its place', async () => {
    const { pool } = poolWith({ concurrency: 1 });
    const first = await leased(pool, 'a');
    await first[Symbol.asyncDispose]();
    await leased(pool, 'b');
  });

  test('an abort while waiting rejects with its reason and holds nothing', async () => {
    const { pool } = poolWith({ concurrency: 1 });
    const first = await leased(pool, 'a');
    const abort = new AbortController();
    const waiting = (await queued(pool, 'b')).place(abort.signal);
    abort.abort(new Error('changed my mind'));
    await expect(waiting).rejects.toThrow('changed my mind');
    await first.settle(reply('A'));
    await leased(pool, 'c');
  });

  test('an abort while running does not free the place: the agent is still there', async () => {
    const { pool } = poolWith({ concurrency: 1 });
    const abort = new AbortController();
    const placement = await (await queued(pool, 'a')).place(abort.signal);
    expect(placement.kind).toBe('leased');
    abort.abort();
    let second = false;
    void leased(pool, 'b').then(() => {
      second = true;
    });
    await settleMicrotasks();
    expect(second).toBe(false);
  });

  test('a call is settled once', async () => {
    const { pool } = poolWith();
    const lease = await leased(pool, 'a');
    await lease.settle(reply('A'));
    await expect(lease.settle(reply('again'))).rejects.toThrow('settled twice');
  });
});

describe('caps', () => {
  test('the call after the last allowed one is refused, and recorded', async () => {
    const { pool, records } = poolWith({ agents: 2 });
    await queued(pool, 'a');
    await queued(pool, 'b');
    const third = await pool.request(request({ prompt: 'c' }));
    expect(third).toMatchObject({
      kind: 'refused',
      cap: 'agents',
      message: expect.stringContaining('2 agents'),
    });
    expect(records.at(-1)).toMatchObject({ type: 'refused', cap: 'agents', label: 'c' });
  });

  test('a script that goes on asking after a cap fills no journal', async () => {
    const { pool, records } = poolWith({ agents: 1 });
    await queued(pool, 'a');
    for (let n = 0; n < 100; n += 1) await pool.request(request({ prompt: 'again' }));
    const told = records.flatMap((record) => (record.type === 'refused' ? [record.count] : []));
    expect(told).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });

  test('spent output tokens refuse new calls', async () => {
    const { pool } = poolWith({ outputTokens: 100 });
    await (await leased(pool, 'a')).settle(reply('A', tokens(100)));
    expect(await pool.request(request())).toMatchObject({ kind: 'refused', cap: 'tokens' });
  });

  test('dollars spent refuse new calls, where a price was named', async () => {
    const { pool } = poolWith({ costUsd: 0.5 });
    await (await leased(pool, 'free')).settle(reply('A', { costUsd: null }));
    await (await leased(pool, 'a')).settle(reply('A', { costUsd: 0.3 }));
    await (await leased(pool, 'b')).settle(reply('B', { costUsd: 0.2 }));
    expect(await pool.request(request())).toMatchObject({
      kind: 'refused',
      cap: 'cost',
      message: expect.stringMatching(/cost \$0\.50 of the \$0\.5 it may \(--max-cost\)/) as string,
    });
  });

  test('the flag that goes on lasts for what still runs as well', async () => {
    const { pool } = poolWith({ concurrency: 3, costUsd: 0.01 });
    const [first] = [await leased(pool, 'a'), await leased(pool, 'b'), await leased(pool, 'c')];
    await first.settle(reply('A', { costUsd: 0.02 }));
    expect(await pool.request(request())).toMatchObject({ kind: 'refused', raise: '--max-cost 0.12' });
  });

  test('and those that were queued before they were spent', async () => {
    const { pool } = poolWith({ concurrency: 1, outputTokens: 100 });
    const first = await leased(pool, 'a');
    const second = (await queued(pool, 'b')).place(NEVER);
    await first.settle(reply('A', tokens(150)));
    expect(await second).toMatchObject({
      kind: 'refused',
      cap: 'tokens',
      message: expect.stringContaining('150'),
    });
  });
});

describe('near a cap', () => {
  test.each([
    ['agents', { agents: 5 }, 4, 0, 'the run has used 4 of the 5 agents it may have (--max-agents)'],
    ['all agents it may have', { agents: 2 }, 2, 0, undefined],
    ['tokens', { outputTokens: 50 }, 4, 0, 'the run has used 40 of its 50 output tokens (--budget-tokens)'],
    ['beyond it', { costUsd: 0.5 }, 1, 0.6, 'the run has used $0.60 of the $0.5 it may cost (--max-cost)'],
    ['far from it', { costUsd: 1, outputTokens: 100 }, 3, 0.2, undefined],
  ])('%s', async (_name, caps, calls, costUsd, notice) => {
    const { pool, records } = poolWith(caps);
    const heard: string[] = [];
    pool.listen((text) => heard.push(text));
    for (let n = 0; n < calls; n += 1) {
      await (await leased(pool, `call ${n}`)).settle(reply('x', { ...tokens(10), costUsd }));
    }
    expect(heard).toEqual(notice === undefined ? [] : [notice]);
    expect(records.filter(({ type }) => type === 'log')).toHaveLength(heard.length);
  });
});

describe('records', () => {
  test('every call is recorded when it starts and when it settles, under one key', async () => {
    const { pool, records } = poolWith();
    const lease = await leased(pool, 'a');
    lease.runs(4711);
    await lease.settle(reply('A'));
    const key = 'v1:hash of a:1';
    expect(records).toMatchObject([
      { type: 'started', call: 1, key, label: 'a', attempt: 1 },
      { type: 'process', call: 1, pid: 4711 },
      { type: 'outcome', call: 1, key, outcome: { kind: 'reply', text: 'A' } },
    ]);
  });

  test('identical calls are three calls with three keys', async () => {
    const { pool } = poolWith();
    const calls = [await queued(pool, 'same'), await queued(pool, 'same'), await queued(pool, 'same')];
    expect(calls.map(({ call }) => call.key)).toEqual([1, 2, 3].map((n) => `v1:hash of same:${n}`));
  });
});

/** Everything that could have happened without new input has happened. */
async function settleMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await undefined;
}
