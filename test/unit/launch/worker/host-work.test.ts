/** Hosts of one queue: what each takes of it, by what its pool, the model API and its agents say. */
import { describe, expect, test } from 'vitest';
import { failure, type Outcome } from '../../../../src/core/outcome.ts';
import { RunRefused } from '../../../../src/launch/worker/host-work.ts';
import { AWAY_MS, WAIT_MS } from '../../../../src/launch/worker/pool-room.ts';
import { type HostChoice, HostRig } from '../../../support/queue/host-rig.ts';
import { call, Heard, QueueRig, said } from '../../../support/queue/queue-rig.ts';

const limited = { kind: 'limited', status: 429, retryAfterMs: 30_000 } as const;
const RESET = 3_600_000;
const usedUp = {
  kind: 'quota',
  resetAt: RESET,
  message: "You've hit your limit · resets 1:00am (UTC)",
} as const;

function stage(...prompts: string[]) {
  const rig = new QueueRig();
  const client = rig.client();
  const heard = new Heard();
  return {
    rig,
    client,
    heard,
    host: (name: string, choice?: HostChoice) => new HostRig(rig, name, choice),
    ask: (prompt: string) => client.run(call(prompt), heard, new AbortController().signal),
    outcomes: prompts.map((prompt) => client.run(call(prompt), heard, new AbortController().signal)),
    pass: async (ms: number) => {
      rig.clock.advance(ms);
      await rig.settle();
    },
  };
}

describe('a limit that one host hears', () => {
  test('has the others take nothing for as long as the API says, and fewer afterwards, until theirs are served', async () => {
    const { rig, host, ask, pass } = stage();
    const [one, two] = [host('one', { slots: 4 }), host('two', { slots: 4 })];
    const outcomes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(ask);
    await rig.settle();
    expect([one.agents.agents.length, two.agents.agents.length]).toEqual([4, 4]);
    one.agents.agents[0]?.watch.pressed(limited);
    await rig.settle();
    outcomes.push(ask('i'), ask('j'));
    for (const agent of two.agents.agents.slice(0, 2)) agent.end(said('x'));
    await pass(29_000);
    expect(two.agents.agents).toHaveLength(4);
    await pass(1000);
    // Three, where four were too many.
    expect(two.agents.agents).toHaveLength(5);
    for (const agent of [...one.agents.agents, ...two.agents.agents]) agent.end(said('x'));
    await pass(60_000);
    const last = two.agents.agents.length + one.agents.agents.length;
    expect(last).toBe(10);
  });

  test('lets one that is idle wait, and then take all it can', async () => {
    const { rig, host, ask, pass } = stage();
    const [one, idle] = [host('one'), host('idle', { slots: 3 })];
    idle.work.hold();
    void ask('a');
    await rig.settle();
    one.agents.agents[0]?.watch.pressed(limited);
    await rig.settle();
    idle.work.release();
    for (const prompt of ['b', 'c', 'd']) void ask(prompt);
    await pass(29_999);
    expect(idle.agents.agents).toEqual([]);
    await pass(1);
    expect(idle.agents.agents).toHaveLength(3);
  });

  test('is told once by a host that hears it from many agents at a time', async () => {
    const { rig, host, ask } = stage();
    const words: unknown[] = [];
    rig.server.connect().onWord((word) => void words.push(word));
    const one = host('one', { slots: 2 });
    void ask('a');
    void ask('b');
    await rig.settle();
    for (const { watch } of one.agents.agents) watch.pressed(limited);
    for (const { watch } of one.agents.agents) watch.pressed({ kind: 'credentials', message: 'no' });
    await rig.settle();
    expect(words).toEqual([{ is: 'pressure', from: 'one', pressure: limited }]);
  });

  test('leaves the cap that a person set as it is', async () => {
    const { rig, host, ask } = stage();
    await rig.server.connect().cap.set(7);
    const one = host('one');
    void ask('a');
    await rig.settle();
    one.agents.agents[0]?.watch.pressed(limited);
    await rig.settle();
    expect(rig.server.cap).toBe(7);
  });
});

test('a used-up account has the calls that wait for a host wait for their run instead; those under way go on', async () => {
  const { rig, host, outcomes, heard } = stage('a', 'b', 'c');
  const one = host('one', { slots: 2 });
  await rig.settle();
  one.agents.agents[0]?.watch.pressed(usedUp);
  const [a, b, c] = outcomes;
  expect(await c).toMatchObject({ reason: 'api-error', message: usedUp.message, apiStatus: 402 });
  expect(heard.pressures).toEqual([usedUp]);
  expect(rig.server.jobs.size).toBe(2);
  for (const agent of one.agents.agents) agent.end(said('x'));
  expect([await a, await b]).toMatchObject([{ text: 'x' }, { text: 'x' }]);
});

describe('a host whose pool is full', () => {
  test('gives back what got no slot within a while, and another host runs it', async () => {
    const { rig, host, outcomes, pass } = stage('a', 'b', 'c');
    const one = host('one', { slots: 3, pool: 1 });
    await rig.settle();
    const two = host('two', { slots: 3 });
    await pass(WAIT_MS - 1);
    expect(two.agents.prompts()).toEqual([]);
    await pass(1);
    expect(two.agents.prompts().sort()).toEqual(['b', 'c']);
    for (const { agents } of [one, two]) for (const agent of agents.agents) agent.end(said('x'));
    expect(await Promise.all(outcomes)).toMatchObject([{ host: 'one' }, { host: 'two' }, { host: 'two' }]);
    expect(one.ended).toEqual(['a: reply']);
  });

  test('keeps one in line, if nobody else wants it, and takes more as soon as the pool has more', async () => {
    const { rig, host, outcomes, pass } = stage('a', 'b', 'c', 'd');
    const one = host('one', { slots: 4, pool: 1 });
    await rig.settle();
    await pass(WAIT_MS);
    const states = (): (string | undefined)[] => [...rig.server.jobs.values()].map(({ state }) => state);
    expect(states().filter((state) => state === 'active')).toHaveLength(1);
    await pass(AWAY_MS);
    expect(states().filter((state) => state === 'active')).toHaveLength(2);
    for (let n = 0; n < 4; n++) {
      one.agents.agents[n]?.end(said('x'));
      await pass(AWAY_MS);
    }
    expect(await Promise.all(outcomes)).toHaveLength(4);
  });

  test('or is held gives back at once what has no slot yet', async () => {
    const { rig, host } = stage('a', 'b');
    const one = host('one', { slots: 2, pool: 1 });
    await rig.settle();
    one.work.hold();
    await rig.settle();
    const two = host('two', { slots: 2 });
    await rig.settle();
    expect(two.agents.prompts()).toEqual(['b']);
    one.agents.agents[0]?.end(said('x'));
    await rig.settle();
    one.work.release();
    expect(one.agents.prompts()).toEqual(['a']);
  });
});

describe('a host on which no agent starts', () => {
  const noProgram = failure('spawn-failed', 'spawn claude ENOENT');

  test('gives calls to others, rests for longer each time, and says so; well again it takes all it can', async () => {
    const { rig, host, ask, pass, heard } = stage();
    let isIll = true;
    let tried = 0;
    const ill = host('ill', {
      slots: 2,
      instead: () => {
        tried += 1;
        return isIll ? Promise.resolve(noProgram) : undefined;
      },
    });
    void ask('a');
    await rig.settle();
    expect(tried).toBe(3);
    expect(ill.said).toEqual([
      '3 agents in a row could not run on this host (spawn claude ENOENT): it takes no calls for 5 s',
    ]);
    expect(heard.warnings[0]).toBe('ill gives the call to another host: spawn claude ENOENT');
    const well = host('well', { slots: 1 });
    await rig.settle();
    expect(well.agents.prompts()).toEqual(['a']);
    void ask('b');
    void ask('c');
    await pass(5000);
    expect(tried).toBe(4);
    expect(ill.said.at(-1)).toContain('4 agents in a row');
    expect(ill.said.at(-1)).toContain('takes no calls for 10 s');
    isIll = false;
    await pass(9999);
    expect(tried).toBe(4);
    await pass(1);
    // One, to find out.
    expect(ill.agents.agents).toHaveLength(1);
    ill.agents.agents[0]?.end(said('x'));
    await rig.settle();
    expect(ill.said.at(-1)).toBe('agents run on this host again');
    expect(ill.agents.agents).toHaveLength(2);
  });

  test('has a call that fails everywhere fail in the end', async () => {
    const { rig, host, ask } = stage();
    const names = ['one', 'two', 'three', 'four', 'five'];
    const hosts = names.map((name) => host(name, { instead: () => Promise.resolve(noProgram) }));
    const outcome = ask('a');
    expect(await rig.clock.runUntil(outcome, 20_000)).toMatchObject({
      reason: 'spawn-failed',
      message: 'spawn claude ENOENT',
    });
    expect(hosts.flatMap(({ ended }) => ended)).toHaveLength(4);
  });

  test('is also one whose login is refused, or that throws', async () => {
    const { rig, host, ask } = stage();
    const notIn = failure('api-error', 'Not logged in · Please run /login');
    const ways: (() => Promise<Outcome>)[] = [
      () => Promise.resolve(notIn),
      () => Promise.reject(new Error('EACCES')),
    ];
    host('one', { instead: () => ways.shift()?.() });
    const outcome = ask('a');
    await rig.settle();
    expect([...rig.server.jobs.values()][0]?.returns).toBe(2);
    expect(ways).toEqual([]);
    void outcome;
  });

  test('is none that refuses what a run asks for: that is the run’s answer', async () => {
    const { host, ask } = stage();
    const one = host('one', { instead: () => Promise.reject(new RunRefused('wants too much')) });
    expect(await ask('a')).toMatchObject({
      reason: 'spawn-failed',
      message: 'one could not run it: wants too much',
    });
    expect(one.said).toEqual([]);
  });
});
