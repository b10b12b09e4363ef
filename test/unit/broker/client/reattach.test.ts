import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { markOf } from '../../../../src/wire/processes/process-mark.ts';
import { reply, request } from '../../../support/calls.ts';
import {
  asQueued,
  connected,
  held,
  named,
  OPEN_WISH,
  opened,
  queued,
  type Rig,
  withRun,
} from './client-rig.ts';
import { FakeBroker, type Peer, type Typed } from './fake-broker.ts';

const never = new AbortController().signal;
const LOOK_MS = 50;
const log = (text: string) => ({ type: 'log', text, at: 1 }) as const;

/** The broker dies and another has taken its place; `reopen` is what it is told of the run. */
async function afterDeath({ home, broker }: Pick<Rig, 'home' | 'broker'>): Promise<{
  readonly next: FakeBroker;
  readonly peer: Peer;
  readonly reopen: Typed<'open_run'>;
}> {
  const next = await broker.replacedIn(home);
  const peer = await next.peer();
  await peer.welcome(4);
  return { next, peer, reopen: await peer.next('open_run') };
}

describe("a broker's death", () => {
  test('before the run was opened: it is opened anew', async () => {
    const rig = await connected();
    const opening = rig.client.openRun(OPEN_WISH);
    await rig.peer.next('open_run');
    const { peer, reopen } = await afterDeath(rig);
    expect(reopen.reattach).toBeUndefined();
    peer.send(opened(reopen.seq));
    expect(await opening).toMatchObject({ runId: 'r1' });
    expect(rig.client.slots).toBe(4);
  });

  test('before a call was admitted: it is asked for again, after the run was taken up', async () => {
    const rig = await withRun();
    const asking = rig.run.request(request({ prompt: 'p1' }));
    await rig.peer.next('request');
    const { peer, reopen } = await afterDeath(rig);
    expect(reopen).toMatchObject({ runId: 'r1', dir: '/runs/r1', reattach: { attempt: 2, calls: [] } });
    peer.send(opened(reopen.seq));
    const again = await peer.next('request');
    expect(again.request.contentHash).toBe('hash of p1');
    peer.send({ type: 'admitted', seq: again.seq, kind: 'queued', ...named(1) });
    expect(asQueued(await asking).call.id).toBe(1);
  });

  test('between admission and grant: the call is told as waiting, and granted by the next', async () => {
    const rig = await withRun();
    const admission = await queued(rig.run, rig.peer, 1);
    const placing = admission.place(never);
    const { peer, reopen, next } = await afterDeath(rig);
    expect(reopen.reattach?.calls).toMatchObject([
      { ...named(1), state: 'waiting', priority: 'normal', request: { contentHash: 'hash of p1' } },
    ]);
    peer.send(opened(reopen.seq));
    peer.send({ type: 'granted', runId: 'r1', call: 1, leaseId: 'new' });
    const placement = await placing;
    expect(placement).toMatchObject({
      kind: 'leased',
      lease: { ticket: { leaseId: 'new', socketPath: next.socketPath } },
    });
  });

  test('while a slot is held: the lease and its agent are told, nothing is asked again', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    lease.runs(process.pid);
    await rig.peer.next('runs');
    const { peer, reopen, next } = await afterDeath(rig);
    expect(reopen.reattach?.calls).toMatchObject([
      { ...named(1), state: 'held', leaseId: 'lease-1', agent: markOf(process.pid) },
    ]);
    peer.send(opened(reopen.seq));
    const settling = lease.settle(reply('x'));
    const { seq } = await peer.next('settle');
    peer.send({ type: 'settled', seq });
    await settling;
    expect(lease.stop?.aborted).toBe(false);
    expect(lease.ticket?.socketPath).toBe(next.socketPath);
  });

  test('between settle and settled: it is settled again, and resolves only then', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    let settled = false;
    const settling = lease.settle(reply('x')).then(() => {
      settled = true;
    });
    await rig.peer.next('settle');
    const { peer, reopen } = await afterDeath(rig);
    expect(reopen.reattach?.calls).toMatchObject([{ call: 1, state: 'held', leaseId: 'lease-1' }]);
    peer.send(opened(reopen.seq));
    const again = await peer.next('settle');
    expect(again.outcome).toMatchObject({ text: 'x' });
    await turn();
    expect(settled).toBe(false);
    peer.send({ type: 'settled', seq: again.seq });
    await settling;
  });

  test('after settled: the call is not told any more', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    const settling = lease.settle(reply('x'));
    rig.peer.send({ type: 'settled', seq: (await rig.peer.next('settle')).seq });
    await settling;
    const { reopen } = await afterDeath(rig);
    expect(reopen.reattach?.calls).toEqual([]);
  });

  test('what was not answered is sent again in its order, appended records with it', async () => {
    const rig = await withRun();
    rig.run.append(log('old'));
    const first = rig.run.commit(log('done'));
    await rig.peer.next('append');
    rig.peer.send({ type: 'committed', seq: (await rig.peer.next('commit')).seq });
    await first;
    rig.run.append(log('a'));
    const second = rig.run.commit(log('b'));
    const asking = rig.run.request(request({ prompt: 'p1' }));
    rig.run.append(log('c'));
    const { peer, reopen } = await afterDeath(rig);
    rig.run.append(log('d'));
    peer.send(opened(reopen.seq));
    expect((await peer.next('append')).record).toEqual(log('a'));
    const { seq, record } = await peer.next('commit');
    expect(record).toEqual(log('b'));
    const { seq: asked } = await peer.next('request');
    expect((await peer.next('append')).record).toEqual(log('c'));
    expect((await peer.next('append')).record).toEqual(log('d'));
    peer.send({ type: 'committed', seq }, { type: 'admitted', seq: asked, kind: 'queued', ...named(1) });
    await second;
    await asking;
  });

  test('nothing but the re-opening goes out before it is answered', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    const { peer, reopen } = await afterDeath(rig);
    lease.runs(process.pid);
    const status = rig.client.status();
    await turn();
    peer.send({ type: 'failed', seq: reopen.seq, reason: 'busy', message: 'its last owner is going' });
    // The refusal may pass: it is asked again, now with what has happened meanwhile.
    await rig.clock.timerSet(50);
    rig.clock.advance(50);
    const again = await peer.next('open_run');
    expect(again.reattach?.calls).toMatchObject([{ agent: markOf(process.pid) }]);
    peer.send(opened(again.seq));
    await peer.next('status');
    void status;
  });

  test('a call given up while no broker is there is not told, and its slot is not kept', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    const admission = await queued(rig.run, rig.peer, 2);
    const abort = new AbortController();
    const placing = admission.place(abort.signal).catch((reason: unknown) => reason);
    rig.broker.die();
    await rig.peer.ended;
    await rig.clock.timerSet(5000);
    abort.abort('enough');
    await lease[Symbol.asyncDispose]();
    expect(await placing).toBe('enough');
    const next = await FakeBroker.start(rig.home);
    const peering = next.peer();
    const peer = await rig.clock.runUntil(peering, LOOK_MS);
    await peer.welcome();
    const reopen = await peer.next('open_run');
    expect(reopen.reattach?.calls).toEqual([]);
    peer.send(opened(reopen.seq));
    void rig.run.close();
    await peer.next('close_run');
  });

  test('a second death while the first is being mended', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    const settling = lease.settle(reply('x'));
    await rig.peer.next('settle');
    const first = await afterDeath(rig);
    const second = await afterDeath({ ...rig, broker: first.next });
    expect(second.reopen.reattach?.calls).toMatchObject([{ call: 1, state: 'held' }]);
    second.peer.send(opened(second.reopen.seq));
    const { seq } = await second.peer.next('settle');
    second.peer.send({ type: 'settled', seq });
    await settling;
  });

  test('one of many: a broker that dies again right after taking the run up', async () => {
    const rig = await withRun();
    const settling = (await held(rig.run, rig.peer, 1)).settle(reply('x'));
    const first = await afterDeath(rig);
    first.peer.send(opened(first.reopen.seq));
    first.peer.hangUp();
    const again = await first.next.peer();
    await again.welcome();
    again.send(opened((await again.next('open_run')).seq));
    again.send({ type: 'settled', seq: (await again.next('settle')).seq });
    await settling;
  });

  test('a joined run waits for whoever holds it open to come back', async () => {
    const rig = await connected();
    const joining = rig.client.joinRun({ runId: 'r9', stateDir: '/state' });
    const { seq } = await rig.peer.next('join_run');
    rig.peer.send({ type: 'run_joined', seq, runId: 'r9', dir: '/runs/r9' });
    const run = await joining;
    await held(run, rig.peer, 5);
    const next = await rig.broker.replacedIn(rig.home);
    const peer = await next.peer();
    await peer.welcome();
    const early = await peer.next('join_run');
    expect(early).toMatchObject({ runId: 'r9', stateDir: '/state', reattach: [{ call: 5, state: 'held' }] });
    peer.send({ type: 'failed', seq: early.seq, reason: 'no-run', message: 'nobody holds it open' });
    await rig.clock.timerSet(50);
    rig.clock.advance(50);
    const late = await peer.next('join_run');
    peer.send({ type: 'run_joined', seq: late.seq, runId: 'r9', dir: '/runs/r9' });
    void rig.client.status();
    await peer.next('status');
  });

  test('the standing run is taken up by its name: its day may be over', async () => {
    const rig = await connected();
    const joining = rig.client.joinRun({ runId: undefined, stateDir: '/state' });
    const { seq } = await rig.peer.next('join_run');
    rig.peer.send({ type: 'run_joined', seq, runId: '20261231-standing', dir: '/runs/20261231-standing' });
    await held(await joining, rig.peer, 5);
    const next = await rig.broker.replacedIn(rig.home);
    const peer = await next.peer();
    await peer.welcome();
    expect(await peer.next('join_run')).toMatchObject({ runId: '20261231-standing', stateDir: '/state' });
  });

  test('a run that the next broker refuses is lost with its calls, and the client goes on', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    const committing = rig.run.commit(log('x'));
    const { peer, reopen } = await afterDeath(rig);
    peer.send({ type: 'failed', seq: reopen.seq, reason: 'damaged', message: 'line 3' });
    await expect(committing).rejects.toMatchObject({ name: 'PoolRefusal', reason: 'damaged' });
    expect(lease.stop?.aborted).toBe(true);
    void rig.client.status();
    await peer.next('status');
  });
});

describe('no broker any more', () => {
  test('after 5 s everything is refused, what runs is to end, and nothing is left unhandled', async () => {
    const rig = await withRun();
    const lease = await held(rig.run, rig.peer, 1);
    const placing = (await queued(rig.run, rig.peer, 2)).place(never);
    const asking = rig.run.request(request());
    void lease.settle(reply('nobody waits'));
    rig.broker.die();
    const refused = expect(placing).rejects.toMatchObject({ name: 'PoolUnreachable', reason: 'no-broker' });
    await rig.clock.runUntil(refused, LOOK_MS);
    await expect(asking).rejects.toMatchObject({ name: 'PoolUnreachable' });
    expect(lease.stop?.aborted).toBe(true);
    await expect(rig.run.commit(log('late'))).rejects.toMatchObject({ name: 'PoolUnreachable' });
    rig.run.append(log('late'));
    await rig.client[Symbol.asyncDispose]();
    expect(rig.clock.monotonicMs()).toBeLessThanOrEqual(5000 + LOOK_MS);
    expect(rig.clock.pending).toEqual([]);
  });

  test('what every broker dies of is not asked for ever', async () => {
    const rig = await withRun();
    const settling = (await held(rig.run, rig.peer, 1)).settle(reply('poison'));
    await rig.peer.next('settle');
    const refused = expect(settling).rejects.toMatchObject({ name: 'PoolUnreachable', reason: 'silent' });
    const { next, ...first } = await afterDeath(rig);
    let { peer, reopen } = first;
    // Five lives of 0.9 s are less than 5 s, six are more.
    for (let life = 0; life < 5; life += 1) {
      peer.send(opened(reopen.seq));
      await peer.next('settle');
      rig.clock.advance(900);
      peer.hangUp();
      peer = await next.peer();
      await peer.welcome();
      reopen = await peer.next('open_run');
    }
    peer.send(opened(reopen.seq));
    await peer.next('settle');
    rig.clock.advance(900);
    peer.hangUp();
    await refused;
  });

  test('a broker that answered in between is no part of that', async () => {
    const rig = await withRun();
    const { next, ...first } = await afterDeath(rig);
    let { peer, reopen } = first;
    for (let life = 0; life < 10; life += 1) {
      peer.send(opened(reopen.seq));
      const asking = rig.run.commit(log('x'));
      peer.send({ type: 'committed', seq: (await peer.next('commit')).seq });
      await asking;
      rig.clock.advance(900);
      peer.hangUp();
      peer = await next.peer();
      await peer.welcome();
      reopen = await peer.next('open_run');
    }
    expect(reopen.reattach?.calls).toEqual([]);
  });

  test('a client that is closed while it seeks a broker stops seeking', async () => {
    const rig = await withRun();
    rig.broker.die();
    await rig.peer.ended;
    await rig.clock.timerSet(5000);
    await rig.client[Symbol.asyncDispose]();
    await rig.clock.runUntil(turn(), LOOK_MS);
    rig.clock.advance(LOOK_MS);
    await turn();
    expect(rig.clock.pending).toEqual([]);
  });
});
