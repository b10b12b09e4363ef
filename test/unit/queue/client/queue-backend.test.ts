/** Calls through a queue: each has one outcome, whichever of client, worker and server dies in between. */
import { describe, expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import { jobIdOf } from '../../../../src/queue/client/queue-backend.ts';
import { LOOK_MS, SOON_MS } from '../../../../src/queue/next-look.ts';
import { call, Heard, never, QueueRig, said } from '../../../support/queue/queue-rig.ts';

const ID = jobIdOf('r', call('a').key);

describe('a call', () => {
  test('is carried out on whichever host takes it, and its outcome is kept until the run is over', async () => {
    const rig = new QueueRig();
    const client = rig.client();
    const { agents, ended } = rig.worker('one');
    const outcome = client.run(call('a'), new Heard(), never);
    const [agent] = await agents.started(1);
    expect(agent?.call).toMatchObject({ prompt: 'a', id: 1 });
    agent?.end(said('hello'));
    expect(await outcome).toMatchObject(said('hello'));
    expect(ended).toEqual(['a: reply']);
    expect(rig.server.jobs.get(ID)?.state).toBe('done');
    await client.close();
    expect(rig.server.jobs.size).toBe(0);
  });

  test('tells what its agent does, and each pressure once', async () => {
    const rig = new QueueRig();
    const heard = new Heard();
    const outcome = rig.client().run(call('a'), heard, never);
    const { agents } = rig.worker('one');
    const [agent] = await agents.started(1);
    const limited = { kind: 'limited', status: 429, retryAfterMs: 7000 } as const;
    agent?.watch.pressed(limited);
    agent?.watch.activity({ kind: 'tool', tool: 'Bash' });
    agent?.watch.warn('odd');
    await rig.settle();
    rig.clock.advance(1000);
    await rig.settle();
    agent?.watch.activity({ kind: 'text' });
    rig.clock.advance(1000);
    await rig.settle();
    expect(heard.activities).toEqual([{ kind: 'tool', tool: 'Bash' }, { kind: 'text' }]);
    expect(heard.pressures).toEqual([limited]);
    expect(heard.warnings).toEqual(['odd']);
    agent?.end(said('x'));
    await outcome;
  });

  test('whose end the engine forgot to tell is found by looking', async () => {
    const rig = new QueueRig();
    const outcome = rig.client().run(call('a'), new Heard(), never);
    await rig.settle();
    const kept = rig.server.jobs.get(ID);
    if (kept === undefined) throw new Error('no job');
    const { token } = kept.job as { token: string };
    Object.assign(kept, { state: 'done', result: { token, host: 'one', outcome: said('quiet') } });
    expect(await rig.clock.runUntil(outcome, LOOK_MS)).toMatchObject(said('quiet'));
  });

  test('that wants a working tree of its own is refused before anything is added', async () => {
    const rig = new QueueRig();
    const wanted = { ...call('a'), isolation: 'worktree' } as const;
    expect(await rig.client().run(wanted, new Heard(), never)).toMatchObject({ reason: 'worktree-failed' });
    expect(rig.server.jobs.size).toBe(0);
  });
});

describe('a host that dies', () => {
  test('has its call run again on another', async () => {
    const rig = new QueueRig();
    const outcome = rig.client().run(call('a'), new Heard(), never);
    const first = rig.worker('one');
    await first.agents.started(1);
    rig.server.killWorkers();
    const second = rig.worker('two');
    rig.server.loseLock(ID, false);
    const [agent] = await second.agents.started(1);
    agent?.end(said('from two'));
    expect(await outcome).toMatchObject(said('from two'));
  });

  test('and comes back late is refused, and its agent ended', async () => {
    const rig = new QueueRig();
    const outcome = rig.client().run(call('a'), new Heard(), never);
    const first = rig.worker('one');
    const [late] = await first.agents.started(1);
    const second = rig.worker('two');
    rig.server.loseLock(ID, true);
    const [agent] = await second.agents.started(1);
    await rig.settle();
    expect(first.ended).toEqual(['a: lost']);
    late?.end(said('too late'));
    agent?.end(said('from two'));
    expect(await outcome).toMatchObject(said('from two'));
    expect(rig.server.refused).toEqual([ID]);
  });

  test('with nobody to take over does not keep who stops the run', async () => {
    const rig = new QueueRig();
    const stop = new AbortController();
    const outcome = rig.client().run(call('a'), new Heard(), stop.signal);
    const { agents } = rig.worker('one');
    await agents.started(1);
    rig.server.killWorkers();
    rig.server.loseLock(ID, false);
    stop.abort();
    expect(await rig.clock.runUntil(outcome, SOON_MS)).toMatchObject({ reason: 'stopped' });
    expect(rig.server.jobs.size).toBe(0);
  });
});

describe('a client that died and comes back', () => {
  test('waits for the agent that is still at work, rather than for another one', async () => {
    const rig = new QueueRig();
    const { agents } = rig.worker('one');
    await rig.deadClient(call('a'));
    const [agent] = await agents.started(1);
    const outcome = rig.client().run(call('a'), new Heard(), never);
    await rig.settle();
    agent?.end(said('adopted'));
    expect(await outcome).toMatchObject(said('adopted'));
    expect(agents.agents).toHaveLength(1);
  });

  test('takes the reply that came meanwhile; what failed meanwhile is run again', async () => {
    const rig = new QueueRig();
    const { agents } = rig.worker('one');
    await rig.deadClient(call('a'));
    (await agents.started(1))[0]?.end(said('paid for'));
    await rig.settle();
    expect(await rig.client().run(call('a'), new Heard(), never)).toMatchObject(said('paid for'));
    await rig.deadClient(call('b'));
    (await agents.started(2))[1]?.end(failure('timeout', 'too slow'));
    await rig.settle();
    const again = rig.client().run(call('b'), new Heard(), never);
    (await agents.started(3))[2]?.end(said('in time'));
    expect(await again).toMatchObject(said('in time'));
  });

  test('removes in the end what it had settled before it died', async () => {
    const rig = new QueueRig();
    const { agents } = rig.worker('one');
    for (const [index, prompt] of ['a', 'b'].entries()) {
      await rig.deadClient(call(prompt));
      (await agents.started(index + 1))[index]?.end(said(prompt));
    }
    await rig.settle();
    const { jobs } = rig.server;
    await rig.client({ settledKeys: () => [call('a').key] }).close();
    expect([...jobs.keys()]).toEqual([jobIdOf('r', call('b').key)]);
    const unreadable = (): never => {
      throw new Error('the journal is gone');
    };
    await rig.client({ settledKeys: unreadable }).close();
    expect(jobs.size).toBe(1);
  });

  test('to begin afresh has the old agent ended, and drops what it said', async () => {
    const rig = new QueueRig();
    const { agents } = rig.worker('one');
    await rig.deadClient(call('a'));
    await agents.started(1);
    const fresh = rig.client({ adopts: false });
    const outcome = fresh.run(call('a'), new Heard(), never);
    const [, anew] = await agents.started(2);
    anew?.end(said('anew'));
    expect(await outcome).toMatchObject(said('anew'));
    expect(fresh.dropped).toBe(1);
  });

  test('is not pressed by what pressed an agent before it came', async () => {
    const rig = new QueueRig();
    const { agents } = rig.worker('one');
    await rig.deadClient(call('a'));
    const [agent] = await agents.started(1);
    agent?.watch.pressed({ kind: 'quota', resetAt: null, message: 'used up' });
    await rig.settle();
    const heard = new Heard();
    const outcome = rig.client().run(call('a'), heard, never);
    await rig.settle();
    agent?.end(said('x'));
    await outcome;
    expect(heard.pressures).toEqual([]);
  });
});

test('a call that is asked again in one attempt gets another agent, not the last one’s outcome', async () => {
  const rig = new QueueRig();
  const client = rig.client();
  const { agents } = rig.worker('one');
  const first = client.run(call('a'), new Heard(), never);
  (await agents.started(1))[0]?.end(said('first'));
  await first;
  const second = client.run(call('a'), new Heard(), never);
  (await agents.started(2))[1]?.end(said('second'));
  expect(await second).toMatchObject(said('second'));
});

test('an outcome for an agent that was not asked for is counted and dropped', async () => {
  const rig = new QueueRig();
  const client = rig.client();
  const outcome = client.run(call('a'), new Heard(), never);
  await rig.settle();
  const kept = rig.server.jobs.get(ID);
  if (kept === undefined) throw new Error('no job');
  Object.assign(kept, { state: 'done', result: { token: 'nobody’s', host: 'x', outcome: said('forged') } });
  rig.clock.advance(LOOK_MS);
  const { agents } = rig.worker('one');
  (await agents.started(1))[0]?.end(said('real'));
  expect(await outcome).toMatchObject(said('real'));
  expect(client.dropped).toBe(1);
});

describe('a stop', () => {
  test('reaches the agent on the other host, and what that comes to is the outcome', async () => {
    const rig = new QueueRig();
    const stop = new AbortController();
    const outcome = rig.client().run(call('a'), new Heard(), stop.signal);
    const { agents, ended } = rig.worker('one');
    await agents.started(1);
    stop.abort();
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'stopped' });
    expect(ended).toEqual(['a: failure']);
  });

  test('of one that waits takes it out of the queue', async () => {
    const rig = new QueueRig();
    const stop = new AbortController();
    const outcome = rig.client().run(call('a'), new Heard(), stop.signal);
    await rig.settle();
    stop.abort();
    expect(await outcome).toMatchObject({ reason: 'stopped' });
    expect(rig.server.jobs.size).toBe(0);
  });

  test('whose word was lost reaches the host when that looks', async () => {
    const rig = new QueueRig();
    const outcome = rig.client().run(call('a'), new Heard(), never);
    const { agents } = rig.worker('one');
    await agents.started(1);
    const kept = rig.server.jobs.get(ID);
    if (kept !== undefined) kept.stop = true;
    expect(await rig.clock.runUntil(outcome, LOOK_MS)).toMatchObject({ reason: 'stopped' });
  });

  test('by somebody in a hurry waits for nobody', async () => {
    const rig = new QueueRig();
    const stop = new AbortController();
    const hurry = new AbortController();
    const outcome = rig.client({ hurry: hurry.signal }).run(call('a'), new Heard(), stop.signal);
    await rig.settle();
    rig.server.isAway = true;
    stop.abort();
    hurry.abort();
    expect(await outcome).toMatchObject({ reason: 'stopped' });
  });
});

describe('a server', () => {
  test('that is away is waited for, and the person told once', async () => {
    const rig = new QueueRig();
    const heard = new Heard();
    rig.server.isAway = true;
    const outcome = rig.client().run(call('a'), heard, never);
    for (let second = 0; second < 3; second++) {
      await rig.clock.timerSet(SOON_MS);
      rig.clock.advance(SOON_MS);
    }
    rig.server.isAway = false;
    const { agents } = rig.worker('one');
    const agent = rig.clock.runUntil(agents.started(1), SOON_MS);
    (await agent)[0]?.end(said('back'));
    expect(await outcome).toMatchObject(said('back'));
    expect(heard.warnings).toEqual([
      'the queue does not answer (connect ECONNREFUSED); the run waits for it',
    ]);
  });

  test('that comes back with nothing is given its jobs again', async () => {
    const rig = new QueueRig();
    const outcome = rig.client().run(call('a'), new Heard(), never);
    const { agents } = rig.worker('one');
    await agents.started(1);
    rig.server.forgetAll();
    const [, again] = await rig.clock.runUntil(agents.started(2), LOOK_MS);
    again?.end(said('again'));
    expect(await outcome).toMatchObject(said('again'));
  });
});

describe('a worker', () => {
  test('answers what it does not understand, for the client not to wait for ever', async () => {
    const rig = new QueueRig();
    rig.worker('one');
    await rig.server.connect().add('odd', { format: 2, token: 't' });
    await rig.settle();
    expect(rig.server.jobs.get('odd')).toMatchObject({
      state: 'done',
      result: { token: 't', outcome: { kind: 'failure', reason: 'spawn-failed' } },
    });
  });

  test('that closes takes nothing more and sees its agents out', async () => {
    const rig = new QueueRig();
    const client = rig.client();
    const { worker, agents } = rig.worker('one', 2);
    const first = client.run(call('a'), new Heard(), never);
    const [agent] = await agents.started(1);
    const closed = worker.close();
    void client.run(call('b'), new Heard(), never);
    await rig.settle();
    agent?.end(said('done'));
    expect(await first).toMatchObject(said('done'));
    await closed;
    expect(agents.prompts()).toEqual(['a']);
  });

  test('that is told not to wait ends its agents, and another host runs their calls', async () => {
    const rig = new QueueRig();
    const outcome = rig.client().run(call('a'), new Heard(), never);
    const { worker, agents, ended } = rig.worker('one');
    await agents.started(1);
    const closed = worker.close();
    worker.stopAll();
    await closed;
    expect(ended).toEqual(['a: put back']);
    const other = rig.worker('two');
    (await other.agents.started(1))[0]?.end(said('from two'));
    expect(await outcome).toMatchObject(said('from two'));
  });

  test('that is paused takes nothing, and goes on when it may', async () => {
    const rig = new QueueRig();
    const { worker, agents } = rig.worker('one');
    worker.atMost(0);
    const outcome = rig.client().run(call('a'), new Heard(), never);
    await rig.settle();
    expect(agents.agents).toEqual([]);
    worker.atMost(1);
    (await agents.started(1))[0]?.end(said('x'));
    expect(await outcome).toMatchObject(said('x'));
  });

  test('obeys the cap over all hosts', async () => {
    const rig = new QueueRig();
    await rig.server.connect().cap.set(2);
    const workers = [rig.worker('one', 2), rig.worker('two', 2)];
    const client = rig.client();
    const outcomes = ['a', 'b', 'c'].map((prompt) => client.run(call(prompt), new Heard(), never));
    await rig.settle();
    const alive = (): number => workers.flatMap(({ agents }) => agents.agents).length;
    expect(alive()).toBe(2);
    for (const { agents } of workers) for (const agent of agents.agents) agent.end(said('x'));
    await rig.settle();
    expect(alive()).toBe(3);
    for (const { agents } of workers) for (const agent of agents.agents) agent.end(said('x'));
    await Promise.all(outcomes);
  });
});
