import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRunLocked } from '../../../src/journal/run-lock.ts';
import { reply, tokens } from '../../support/calls.ts';
import { journalOf, openRun, request, startBroker } from '../../support/pool/pool-broker.ts';

const DAY_MS = 86_400_000;
const AGENT = { pid: 500, startTicks: '5' };
const ATTEMPT = {
  type: 'attempt',
  attempt: 1,
  agent: 'test',
  rehearsal: false,
  script: 'script-1.js',
  options: {},
  pid: 1,
  at: 0,
};

/** A broker with one slot, whose client holds `a` and waits for `b`, and which then dies. */
async function crashed() {
  const rig = await startBroker({ slots: 1 });
  const client = await rig.connect();
  await client.openRun(rig, 'r');
  await client.ask({ type: 'commit', runId: 'r', record: ATTEMPT }, 'committed');
  const a = await client.call('r', 'a');
  const leaseId = await client.granted(a);
  const b = await client.call('r', 'b');
  rig.processes.living.add(AGENT.pid).add(client.pid);
  client.say({ type: 'runs', runId: 'r', call: a, agent: AGENT });
  await client.status();
  // What the file holds by now is what a SIGKILL would leave.
  const { home, processes } = rig;
  await rig.crash();
  await client.closed;
  const openA = { ...openCall(a, 'a'), state: 'held', leaseId, agent: AGENT };
  const openB = { ...openCall(b, 'b'), state: 'waiting' };
  return { home, processes, clientPid: client.pid, a, b, leaseId, openA, openB };
}

function openCall(call: number, prompt: string) {
  const { request: asked } = request('r', prompt);
  return {
    call,
    key: `v1:${asked.contentHash}:1`,
    occurrence: 1,
    request: asked,
    priority: 'normal',
    repeatable: true,
  };
}

describe('a broker after a crash', () => {
  test('counts what is held until its agent ends', async () => {
    const { home, processes } = await crashed();
    const rig = await startBroker({ slots: 1, home, processes });
    const other = await rig.connect();
    await other.openRun(rig, 'other');
    const waiting = await other.call('other', 'x');
    expect(await other.status()).toMatchObject({ taken: 1, waiting: 1 });
    processes.living.delete(AGENT.pid);
    rig.clock.advance(200);
    await other.granted(waiting);
    expect(processes.signals).toEqual([]);
  });

  test('ends the agents of clients that died as well', async () => {
    const { home, processes, clientPid } = await crashed();
    processes.living.delete(clientPid);
    const rig = await startBroker({ slots: 1, home, processes });
    expect(processes.signals).toEqual([`SIGTERM ${AGENT.pid}`]);
    processes.living.delete(AGENT.pid);
    rig.clock.advance(200);
    expect((await (await rig.connect()).status()).taken).toBe(0);
  });

  test('takes its clients back: nothing is lent twice, what settled is recorded once', async () => {
    const { home, processes, a, b, openA, openB } = await crashed();
    const rig = await startBroker({ slots: 1, home, processes });
    const client = await rig.connect();
    await client.openRun(rig, 'r', { reattach: { attempt: 1, calls: [openA, openB] } });
    expect(await client.status()).toMatchObject({ taken: 1, waiting: 1 });
    const settle = { type: 'settle', runId: 'r', call: a, outcome: reply('A', tokens(7)) };
    await client.ask(settle, 'settled');
    expect((await client.status()).taken).toBe(1);
    processes.living.delete(AGENT.pid);
    rig.clock.advance(200);
    await client.granted(b);
    const records = journalOf(rig, 'r');
    expect(records.filter(({ type }) => type === 'attempt')).toHaveLength(1);
    expect(records.filter(({ type, call }) => type === 'started' && call === a)).toHaveLength(1);
    expect(await client.call('r', 'c')).toBe(3);
  });

  test('acknowledges an outcome that is on record, and does not write it again', async () => {
    const { home, processes, a, openA } = await crashed();
    const outcome = {
      type: 'outcome',
      call: a,
      key: openA.key,
      outcome: reply('A'),
      durationMs: 1,
      attempt: 1,
      at: 0,
    };
    appendFileSync(`${home}/runs/r/journal.ndjson`, `${JSON.stringify(outcome)}\n`);
    processes.living.delete(AGENT.pid);
    const rig = await startBroker({ slots: 1, home, processes });
    const client = await rig.connect();
    await client.openRun(rig, 'r', { reattach: { attempt: 1, calls: [openA] } });
    await client.ask({ type: 'settle', runId: 'r', call: a, outcome: reply('A') }, 'settled');
    expect(journalOf(rig, 'r').filter(({ type }) => type === 'outcome')).toHaveLength(1);
  });

  test('reads a journal whose last line was torn, and says so', async () => {
    const { home, processes } = await crashed();
    appendFileSync(`${home}/runs/r/journal.ndjson`, '{"type":"outc');
    const rig = await startBroker({ slots: 1, home, processes });
    const client = await rig.connect();
    const opened = await client.ask(openRun(rig, 'r'), 'run_opened');
    expect(opened).toMatchObject({ attempt: 2, attempts: [{ attempt: 1, status: null }] });
    expect(opened.notice).toContain('cut off');
  });

  test('refuses a journal that is damaged, and goes on with all others', async () => {
    const { home, processes } = await crashed();
    appendFileSync(`${home}/runs/r/journal.ndjson`, 'not json\n');
    const rig = await startBroker({ slots: 1, home, processes });
    const client = await rig.connect();
    expect((await client.ask(openRun(rig, 'r'), 'failed')).reason).toBe('damaged');
    await client.openRun(rig, 'other');
  });
});

describe('calls of those who joined a run', () => {
  test.each(['before', 'after'] as const)(
    'a new call that comes %s one that waited comes back gets a number of its own',
    async (order) => {
      const first = await startBroker({ slots: 1 });
      const owner = await first.connect();
      await owner.openRun(first, 'r');
      await owner.ask({ type: 'commit', runId: 'r', record: ATTEMPT }, 'committed');
      const a = await owner.call('r', 'a');
      const leaseId = await owner.granted(a);
      const joiner = await first.connect();
      const join = { type: 'join_run', runId: 'r', stateDir: first.home };
      await joiner.ask(join, 'run_joined');
      const x = await joiner.call('r', 'x');
      const { home, processes } = first;
      processes.living.add(AGENT.pid).add(owner.pid).add(joiner.pid);
      owner.say({ type: 'runs', runId: 'r', call: a, agent: AGENT });
      await owner.status();
      await first.crash();

      const rig = await startBroker({ slots: 1, home, processes });
      const [ownerAgain, joinerAgain, other] = [
        await rig.connect(),
        await rig.connect(),
        await rig.connect(),
      ];
      const openA = { ...openCall(a, 'a'), state: 'held', leaseId, agent: AGENT };
      await ownerAgain.openRun(rig, 'r', { reattach: { attempt: 1, calls: [openA] } });
      const comesBack = () =>
        joinerAgain.ask({ ...join, reattach: [{ ...openCall(x, 'x'), state: 'waiting' }] }, 'run_joined');
      if (order === 'after') await comesBack();
      await other.ask(join, 'run_joined');
      const y = await other.call('r', 'x');
      if (order === 'before') await comesBack();
      expect(new Set([a, x, y]).size).toBe(3);

      const finish = async (client: typeof other, call: number) => {
        await client.granted(call);
        await client.ask({ type: 'settle', runId: 'r', call, outcome: reply(String(call)) }, 'settled');
      };
      const both = Promise.all([finish(joinerAgain, x), finish(other, y)]);
      await ownerAgain.ask({ type: 'settle', runId: 'r', call: a, outcome: reply('A') }, 'settled');
      processes.living.delete(AGENT.pid);
      rig.clock.advance(200);
      await both;
      const outcomes = journalOf(rig, 'r').filter(({ type }) => type === 'outcome');
      expect(outcomes.map(({ call }) => call).sort()).toEqual([a, x, y].sort());
      if (order === 'after') expect(new Set(outcomes.map(({ key }) => key)).size).toBe(3);
    },
  );
});

describe('a broker that ends', () => {
  test('gives free the run that is being opened at that moment', async () => {
    const rig = await startBroker();
    const client = await rig.connect();
    client.say({ ...openRun(rig, 'r'), seq: 1 });
    // Carried out in order, and answered while the run's folder is still read.
    await client.status();
    await rig.crash();
    expect(journalOf(rig, 'r')).toMatchObject([{ type: 'header' }]);
    expect(await isRunLocked(rig.runDir('r'))).toBe(false);
  });

  test('gives free the run whose calls it waits for', async () => {
    const rig = await startBroker();
    const client = await rig.connect();
    await client.openRun(rig, 'r', { joinable: false });
    await client.granted(await client.call('r', 'a'));
    client.say({ type: 'close_run', runId: 'r', seq: 9 });
    await client.hears('stop');
    await rig.crash();
    expect(await isRunLocked(rig.runDir('r'))).toBe(false);
  });
});

test('calls of a day that is over by now are taken up in the run of that day', async () => {
  const first = await startBroker({ slots: 1 });
  const client = await first.connect();
  const join = { type: 'join_run', stateDir: first.home };
  const { runId } = await client.ask(join, 'run_joined');
  const a = await client.call(runId, 'a');
  const leaseId = await client.granted(a);
  const { home, processes } = first;
  processes.living.add(AGENT.pid).add(client.pid);
  client.say({ type: 'runs', runId, call: a, agent: AGENT });
  await client.status();
  await first.crash();

  const rig = await startBroker({ slots: 1, home, processes });
  rig.clock.advance(DAY_MS);
  const [back, newcomer] = [await rig.connect(), await rig.connect()];
  expect((await newcomer.ask(join, 'run_joined')).runId).toBe('19700102-standing');
  const reattach = [{ ...openCall(a, 'a'), state: 'held', leaseId, agent: AGENT }];
  expect((await back.ask({ ...join, runId, reattach }, 'run_joined')).runId).toBe(runId);
  await back.ask({ type: 'settle', runId, call: a, outcome: reply('A') }, 'settled');
  expect(journalOf(rig, '19700101-standing').filter(({ type }) => type === 'outcome')).toHaveLength(1);
  back.leave();
  processes.living.delete(AGENT.pid);
  const dir = path.join(home, 'runs', runId);
  while (await isRunLocked(dir)) rig.clock.advance(5000);
});
