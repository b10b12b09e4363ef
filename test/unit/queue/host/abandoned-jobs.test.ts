/** Jobs whose client died: nobody pays for agents that nobody waits for, and nobody who waits is taken for dead. */
import { expect, test } from 'vitest';
import { BEAT_MS, beatNameOf } from '../../../../src/queue/client/client-beat.ts';
import { jobIdOf } from '../../../../src/queue/client/queue-backend.ts';
import { GONE_MS } from '../../../../src/queue/host/client-watch.ts';
import { LOOK_MS, SOON_MS } from '../../../../src/queue/next-look.ts';
import { call, Heard, never, QueueRig, said } from '../../../support/queue/queue-rig.ts';

const ID = jobIdOf('r', call('a').key);
const NAME = beatNameOf('r');
const HOUR_MS = 60 * 60_000;

/** Second by second, and all that follows from each. */
async function pass(rig: QueueRig, ms: number): Promise<void> {
  await rig.settle();
  for (let passed = 0; passed < ms; passed += 1000) {
    rig.clock.advance(1000);
    await rig.settle();
  }
}

/** As a client leaves it that was killed `agoMs` ago. */
async function left(rig: QueueRig, agoMs: number): Promise<void> {
  rig.clock.advance(HOUR_MS);
  await rig.deadClient(call('a'));
  rig.clock.advance(agoMs);
}

test('of a client that was silent for ten minutes are not run, and a resume has them run', async () => {
  const rig = new QueueRig();
  await left(rig, GONE_MS);
  const { agents, ended } = rig.worker('one');
  await pass(rig, 1.5 * BEAT_MS);
  expect(agents.agents).toEqual([]);
  expect(ended).toEqual(['a: dropped']);
  const resumed = rig.client().run(call('a'), new Heard(), never);
  (await agents.started(1))[0]?.end(said('wanted after all'));
  expect(await resumed).toMatchObject(said('wanted after all'));
});

test('of a client that was heard of are run', async () => {
  const rig = new QueueRig();
  await left(rig, GONE_MS - 1);
  const { agents } = rig.worker('one');
  await rig.settle();
  expect(agents.prompts()).toEqual(['a']);
});

test('further ones of it are dropped at once', async () => {
  const rig = new QueueRig();
  await left(rig, GONE_MS);
  const { ended } = rig.worker('one');
  await pass(rig, 1.5 * BEAT_MS);
  const { job } = rig.server.jobs.get(ID) ?? {};
  await rig.server.connect().add('another', job as object);
  await rig.settle();
  expect(ended).toEqual(['a: dropped', 'a: dropped']);
});

test.each([
  ['behind', -HOUR_MS],
  ['ahead', HOUR_MS],
])('a client whose clock is an hour %s is not dead: its word changes', async (_how, aheadMs) => {
  const rig = new QueueRig();
  rig.clock.advance(2 * HOUR_MS);
  const clock = {
    now: () => rig.clock.now() + aheadMs,
    monotonicMs: () => rig.clock.monotonicMs(),
    after: (ms: number, callback: () => void) => rig.clock.after(ms, callback),
  };
  const client = rig.client({ clock });
  void client.run(call('a'), new Heard(), never);
  await rig.settle();
  const { agents, ended } = rig.worker('one', 2);
  await rig.settle();
  expect(agents.agents).toEqual([]);
  await pass(rig, BEAT_MS);
  expect(agents.prompts()).toEqual(['a']);
  // From now on it is known.
  void client.run(call('b'), new Heard(), never);
  await rig.settle();
  expect(agents.prompts()).toEqual(['a', 'b']);
  expect(ended).toEqual([]);
});

test('a client that slept for longer has what was dropped run, and no failure', async () => {
  const rig = new QueueRig();
  const outcome = rig.client().run(call('a'), new Heard(), never);
  await rig.settle();
  const kept = rig.server.jobs.get(ID);
  if (kept === undefined) throw new Error('no job');
  const { token } = kept.job as { token: string };
  const dropped = { token, host: 'one', outcome: said('no'), dropped: true };
  Object.assign(kept, { state: 'done', result: dropped });
  await pass(rig, LOOK_MS + SOON_MS);
  const { agents } = rig.worker('one');
  (await agents.started(1))[0]?.end(said('awake'));
  expect(await outcome).toMatchObject(said('awake'));
});

test('a server that is away while a client is watched for says nothing about it', async () => {
  const rig = new QueueRig();
  await left(rig, GONE_MS);
  const { ended } = rig.worker('one');
  await rig.settle();
  rig.server.isAway = true;
  await pass(rig, 2 * BEAT_MS);
  rig.server.isAway = false;
  await pass(rig, BEAT_MS);
  expect(ended).toEqual([]);
  await pass(rig, BEAT_MS);
  expect(ended).toEqual(['a: dropped']);
});

test('a worker that closes while it watches for a client gives the job back', async () => {
  const rig = new QueueRig();
  await left(rig, GONE_MS);
  const { worker, agents } = rig.worker('one');
  await rig.settle();
  await worker.close();
  expect(rig.server.jobs.get(ID)).toMatchObject({ state: 'waiting' });
  expect(agents.agents).toEqual([]);
});

test('a run that has ended leaves no word behind', async () => {
  const rig = new QueueRig();
  const client = rig.client();
  const outcome = client.run(call('a'), new Heard(), never);
  const { agents } = rig.worker('one');
  (await agents.started(1))[0]?.end(said('x'));
  await outcome;
  expect(rig.server.notes.has(NAME)).toBe(true);
  await client.close();
  expect(rig.server.notes.size).toBe(0);
});

test('a server that lost everything hears of a client before its jobs are there again', async () => {
  const rig = new QueueRig();
  rig.clock.advance(HOUR_MS);
  const outcome = rig.client().run(call('a'), new Heard(), never);
  await pass(rig, 2000);
  rig.server.forgetAll();
  rig.server.notes.clear();
  const { agents } = rig.worker('one');
  await pass(rig, LOOK_MS);
  (await agents.started(1))[0]?.end(said('again'));
  expect(await outcome).toMatchObject(said('again'));
});
