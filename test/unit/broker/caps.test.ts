/** The caps of a run at the broker: who is warned, what is stopped, and that time is counted by one clock. */
import { describe, expect, test } from 'vitest';
import { failure } from '../../../src/core/outcome.ts';
import { reply } from '../../support/calls.ts';
import {
  type BrokerRig,
  journalOf,
  openRun,
  type RawClient,
  request,
  startBroker,
} from '../../support/pool/pool-broker.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

async function open(caps: object): Promise<{ rig: BrokerRig; client: RawClient }> {
  const rig = await startBroker({ slots: 4 });
  const client = await rig.connect();
  const all = { concurrency: 100, agents: 1000, outputTokens: null, ...caps };
  await client.openRun(rig, 'r', { caps: all });
  return { rig, client };
}

async function running(client: RawClient, prompt: string): Promise<number> {
  const call = await client.call('r', prompt);
  await client.granted(call);
  return call;
}

function settle(call: number, outcome: object) {
  return { type: 'settle', runId: 'r', call, outcome };
}

describe('a cap', () => {
  test('that is near is told its owner once, and journalled', async () => {
    const { rig, client } = await open({ costUsd: 1 });
    for (const prompt of ['a', 'b', 'c']) {
      const call = await running(client, prompt);
      await client.ask(settle(call, reply('x', { costUsd: 0.3 })), 'settled');
    }
    const text = 'the run has used $0.90 of the $1 it may cost (--max-cost)';
    await client.status();
    expect(client.heard).toEqual([{ type: 'notice', runId: 'r', text }]);
    expect(journalOf(rig, 'r').filter(({ type }) => type === 'log')).toMatchObject([{ text }]);
  });

  test('that is hard stops what runs, and refuses what waits', async () => {
    const { client } = await open({ concurrency: 2, costUsd: 1, hard: true });
    const [first, second] = [await running(client, 'a'), await running(client, 'b')];
    const third = await client.call('r', 'c');
    await client.ask(settle(first, reply('x', { costUsd: 2 })), 'settled');
    const { call, why } = await client.hears('stop');
    expect({ call, why }).toMatchObject({
      call: second,
      why: { kind: 'capped', refusal: { cap: 'cost', raise: '--max-cost 4' } },
    });
    await client.ask(settle(second, failure('stopped', 'by the cap')), 'settled');
    expect(await client.hears('refused_place')).toMatchObject({ call: third, cap: 'cost' });
  });

  test('that is hard hands each agent what is left, and one that is not hands it nothing', async () => {
    const { client } = await open({ costUsd: 1, hard: true });
    const first = await client.call('r', 'a');
    expect((await client.hears('granted')).budgetUsd).toBe(1);
    await client.ask(settle(first, reply('x', { costUsd: 0.75 })), 'settled');
    await client.call('r', 'b');
    expect((await client.hears('granted')).budgetUsd).toBe(0.25);
    const soft = await open({ costUsd: 1 });
    await soft.client.call('r', 'a');
    expect(await soft.client.hears('granted')).not.toHaveProperty('budgetUsd');
  });

  test('tells at the end of an attempt how many it refused', async () => {
    const { rig, client } = await open({ agents: 1 });
    await running(client, 'a');
    for (const prompt of ['b', 'c', 'd']) await client.ask(request('r', prompt), 'admitted');
    expect((await client.status()).runs[0]?.refused).toBe(3);
    const end = { type: 'end', attempt: 1, status: 'capped', at: 0 };
    await client.ask({ type: 'commit', runId: 'r', record: end }, 'committed');
    const told = journalOf(rig, 'r').filter(({ type }) => type === 'refused');
    expect(told.map(({ count }) => count)).toEqual([1, 2, 3]);
    expect(told[0]).toMatchObject({ label: 'b', raise: '--max-agents 2' });
  });
});

describe('time', () => {
  test('is up: what runs may finish, nothing starts, then the run is told to pause', async () => {
    const { rig, client } = await open({ timeMs: HOUR_MS });
    const call = await running(client, 'a');
    rig.clock.advance(0.8 * HOUR_MS);
    expect((await client.hears('notice')).text).toBe('the run has 12m left of its 1h (--max-time)');
    rig.clock.advance(0.2 * HOUR_MS);
    await client.call('r', 'late');
    expect((await client.status()).runs[0]).toMatchObject({
      running: 1,
      waiting: 1,
      held: { cause: 'time' },
    });
    expect(await client.hears('held')).toMatchObject({ held: { cause: 'time' } });
    expect(client.heard).toEqual([]);
    await client.ask(settle(call, reply('x')), 'settled');
    const { why } = await client.hears('stop', ({ call: of }) => of === 0);
    expect(why).toMatchObject({ kind: 'paused', pause: { cause: 'time', resetAt: null } });
  });

  test('that is hard stops what runs', async () => {
    const { rig, client } = await open({ timeMs: HOUR_MS, hard: true });
    const call = await running(client, 'a');
    rig.clock.advance(HOUR_MS);
    expect((await client.hears('stop', ({ call: of }) => of === call)).why.kind).toBe('paused');
  });

  test('of a run that ended is nobody’s any more', async () => {
    const { rig, client } = await open({ timeMs: HOUR_MS });
    await client.ask({ type: 'close_run', runId: 'r' }, 'closed');
    rig.clock.advance(HOUR_MS);
    await client.status();
    expect(client.heard).toEqual([]);
  });

  test('goes on counting from the beginning of the attempt when a broker has died', async () => {
    const { home, crash, connect, ...rig } = await startBroker();
    const first = await connect();
    const caps = { concurrency: 1, agents: 9, outputTokens: null, timeMs: HOUR_MS };
    await first.ask({ ...openRun({ home, crash, connect, ...rig }, 'r'), caps }, 'run_opened');
    const attempt = {
      type: 'attempt',
      attempt: 1,
      agent: 'test',
      rehearsal: false,
      script: 's',
      options: {},
      pid: 1,
      // By the clock of the next broker, which begins at 0.
      at: -50 * MINUTE_MS,
    };
    await first.ask({ type: 'commit', runId: 'r', record: attempt }, 'committed');
    await crash();
    const next = await startBroker({ home });
    const client = await next.connect();
    const reattach = { attempt: 1, calls: [] };
    await client.ask({ ...openRun(next, 'r'), caps, reattach }, 'run_opened');
    next.clock.advance(9 * MINUTE_MS);
    await client.status();
    expect(client.heard).toEqual([]);
    next.clock.advance(MINUTE_MS);
    expect((await client.hears('stop')).why).toMatchObject({ kind: 'paused' });
  });
});
