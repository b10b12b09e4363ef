import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { PoolRefusal } from '../../../../src/broker/client/pool-client.ts';
import type { Lease } from '../../../../src/core/ports.ts';
import { JournalBroken } from '../../../../src/journal/journal-writer.ts';
import { markOf } from '../../../../src/wire/processes/process-mark.ts';
import { reply, request } from '../../../support/calls.ts';
import { connected, held, named, OPEN_WISH, opened, type Queued, queued, withRun } from './client-rig.ts';
import { TOKEN } from './fake-broker.ts';

const never = new AbortController().signal;

describe('opening and joining', () => {
  test('a run is opened with what the broker tells of it', async () => {
    const { client, peer } = await connected();
    const opening = client.openRun(OPEN_WISH);
    const asked = await peer.next('open_run');
    expect(asked).toMatchObject({ ...OPEN_WISH, type: 'open_run' });
    expect(asked.reattach).toBeUndefined();
    const attempts = [{ attempt: 1, startedAt: 5, status: null }];
    peer.send({ ...opened(asked.seq), attempts, lastScript: 'script-1.js', spentTokens: 7, notice: 'torn' });
    expect(await opening).toMatchObject({
      runId: 'r1',
      dir: '/runs/r1',
      attempt: 2,
      attempts,
      lastScript: 'script-1.js',
      spentTokens: 7,
      notice: 'torn',
    });
  });

  test('a refusal says why', async () => {
    const { client, peer } = await connected();
    const opening = client.openRun(OPEN_WISH);
    const { seq } = await peer.next('open_run');
    peer.send({ type: 'failed', seq, reason: 'busy', message: 'pid 7 works on it' });
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PoolRefusal);
    expect(error).toMatchObject({ reason: 'busy', message: 'pid 7 works on it' });
  });

  test('the standing run is joined by the name the broker gives it, and closing it asks nothing of the broker', async () => {
    const { client, peer } = await connected();
    const joining = client.joinRun({ runId: undefined, stateDir: '/state' });
    const { seq, runId } = await peer.next('join_run');
    expect(runId).toBeUndefined();
    peer.send({ type: 'run_joined', seq, runId: 'day', dir: '/runs/day' });
    const run = await joining;
    expect(run).toMatchObject({ runId: 'day', dir: '/runs/day', attempt: 0 });
    await run.close();
    void client.status();
    await peer.next('status');
  });
});

describe('a request', () => {
  test('goes without its prompt, and is numbered by the broker', async () => {
    const { run, peer } = await withRun();
    const asking = run.request(request({ prompt: 'secret', label: 'l' }), {
      priority: 'session',
      parent: 'up',
    });
    const asked = await peer.next('request');
    expect(asked).toMatchObject({ runId: 'r1', priority: 'session', parent: 'up' });
    expect(asked.request).toMatchObject({ label: 'l', contentHash: 'hash of secret' });
    expect(asked.request).not.toHaveProperty('prompt');
    peer.send({ type: 'admitted', seq: asked.seq, kind: 'queued', ...named(7) });
    const admission = await asking;
    expect(admission).toMatchObject({ kind: 'queued', call: { id: 7, prompt: 'secret', occurrence: 1 } });
    expect(admission).not.toHaveProperty('call.contentHash');
  });

  test('is answered from the journal, or refused', async () => {
    const { run, peer } = await withRun();
    const first = run.request(request());
    const { seq } = await peer.next('request');
    const outcome = reply('known');
    peer.send({ type: 'admitted', seq, kind: 'replayed', outcome, ...named(1) });
    expect(await first).toMatchObject({ kind: 'replayed', call: { id: 1 }, outcome: { text: 'known' } });
    const second = run.request(request());
    const next = await peer.next('request');
    peer.send({
      type: 'admitted',
      seq: next.seq,
      kind: 'refused',
      cap: 'agents',
      message: 'no more',
      raise: '--more',
    });
    const refused = { kind: 'refused', cap: 'agents', message: 'no more', raise: '--more' };
    expect(await second).toEqual(refused);
  });

  test('requests go out in the order they were made', async () => {
    const { run, peer } = await withRun();
    for (const prompt of ['a', 'b', 'c']) void run.request(request({ prompt }));
    for (const prompt of ['a', 'b', 'c']) {
      expect((await peer.next('request')).request.contentHash).toBe(`hash of ${prompt}`);
    }
  });
});

describe('a place', () => {
  test('granted in the same breath as the admission is not lost', async () => {
    const { run, peer } = await withRun();
    const asking = run.request(request());
    const { seq } = await peer.next('request');
    peer.send(
      { type: 'admitted', seq, kind: 'queued', ...named(1) },
      { type: 'granted', runId: 'r1', call: 1, leaseId: 'L' },
    );
    const admission = await asking;
    const placement = admission.kind === 'queued' ? await admission.place(never) : undefined;
    expect(placement).toMatchObject({ kind: 'leased', lease: { ticket: { leaseId: 'L' } } });
  });

  test('may be refused while it is waited for', async () => {
    const { run, peer } = await withRun();
    const admission = await queued(run, peer, 1);
    const why = { cap: 'tokens', message: 'spent', raise: '--more' } as const;
    peer.send({ type: 'refused_place', runId: 'r1', call: 1, ...why });
    expect(await admission.place(never)).toEqual({ kind: 'refused', ...why });
  });

  test('given up before its grant is cancelled, and a grant that crosses it is released', async () => {
    const { run, peer } = await withRun();
    const admission = await queued(run, peer, 1);
    const abort = new AbortController();
    const placing = admission.place(abort.signal);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(placing).rejects.toBe(reason);
    expect(await peer.next('cancel')).toMatchObject({ runId: 'r1', call: 1 });
    peer.send({ type: 'granted', runId: 'r1', call: 1, leaseId: 'L' });
    expect(await peer.next('release')).toMatchObject({ runId: 'r1', call: 1 });
  });

  test('asked for with a signal that is aborted already holds nothing', async () => {
    const { run, peer } = await withRun();
    const admission = await queued(run, peer, 1);
    await expect(admission.place(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    await peer.next('cancel');
  });
});

test('a call that waits when its run is stopped from elsewhere gets no place, and holds none', async () => {
  const { run, peer } = await withRun();
  const placing = (await queued(run, peer, 1)).place(never);
  peer.send({ type: 'stop', runId: 'r1', call: 1, why: { kind: 'stopped' } });
  await expect(placing).rejects.toMatchObject({ name: 'StoppedElsewhere' });
  expect(await peer.next('cancel')).toMatchObject({ call: 1 });
});

async function leaseOf(admission: Queued): Promise<Lease> {
  const placement = await admission.place(never);
  if (placement.kind !== 'leased') throw new Error('it was refused');
  return placement.lease;
}

describe('a lease', () => {
  test('has the ticket of the broker that granted it', async () => {
    const { run, peer, broker } = await withRun();
    const lease = await held(run, peer, 1);
    expect(lease.ticket).toEqual({ socketPath: broker.socketPath, token: TOKEN, leaseId: 'lease-1' });
  });

  test('tells its agent with the time it started', async () => {
    const { run, peer } = await withRun();
    const lease = await held(run, peer, 1);
    lease.runs(process.pid);
    const { agent } = await peer.next('runs');
    expect(agent).toEqual(markOf(process.pid));
    expect(agent.startTicks).toMatch(/^\d+$/);
  });

  test('is settled once the broker says so, and not before', async () => {
    const { run, peer } = await withRun();
    const lease = await held(run, peer, 1);
    let settled = false;
    const settling = lease.settle(reply('x')).then(() => {
      settled = true;
    });
    const { seq, outcome } = await peer.next('settle');
    expect(outcome).toMatchObject({ text: 'x' });
    await turn();
    expect(settled).toBe(false);
    peer.send({ type: 'settled', seq });
    await settling;
    await lease[Symbol.asyncDispose]();
    await expect(lease.settle(reply('y'))).rejects.toThrow('settled twice');
    void run.close();
    // Nothing was released in between.
    await peer.next('close_run');
  });

  test('put back, waits again: a grant in the same breath is the next turn, and the first one gives nothing back', async () => {
    const { run, peer } = await withRun();
    const admission = await queued(run, peer, 1);
    peer.send({ type: 'granted', runId: 'r1', call: 1, leaseId: 'first' });
    const lease = await leaseOf(admission);
    const settling = lease.settle(reply('x'));
    const { seq } = await peer.next('settle');
    peer.send({ type: 'again', seq });
    peer.send({ type: 'granted', runId: 'r1', call: 1, leaseId: 'second' });
    expect(await settling).toBe('again');
    const next = await leaseOf(admission);
    await lease[Symbol.asyncDispose]();
    expect(next.ticket?.leaseId).toBe('second');
    expect(next.stop?.aborted).toBe(false);
    const last = next.settle(reply('y'));
    peer.send({ type: 'settled', seq: (await peer.next('settle')).seq });
    expect(await last).toBe('settled');
    void run.close();
    // Nothing was released in between.
    await peer.next('close_run');
  });

  test('is given back when it goes out of scope unsettled', async () => {
    const { run, peer } = await withRun();
    const lease = await held(run, peer, 1);
    await lease[Symbol.asyncDispose]();
    await lease[Symbol.asyncDispose]();
    expect(await peer.next('release')).toMatchObject({ call: 1 });
    void run.close();
    await peer.next('close_run');
  });

  test('hears that its run was stopped from elsewhere', async () => {
    const { run, peer } = await withRun();
    const lease = await held(run, peer, 1);
    expect(lease.stop?.aborted).toBe(false);
    const stopped = new Promise((resolve) => lease.stop?.addEventListener('abort', resolve));
    peer.send({ type: 'stop', runId: 'r1', call: 1, why: { kind: 'stopped' } });
    await stopped;
  });
});

describe('records', () => {
  const log = (text: string) => ({ type: 'log', text, at: 1 }) as const;

  test('are appended in order, and committed when the broker says so', async () => {
    const { run, peer } = await withRun();
    run.append(log('a'));
    const committing = run.commit(log('b'));
    expect((await peer.next('append')).record).toMatchObject({ text: 'a' });
    const { seq, record } = await peer.next('commit');
    expect(record).toMatchObject({ text: 'b' });
    peer.send({ type: 'committed', seq });
    await committing;
  });

  test.each(['commit', 'settle', 'close_run'] as const)(
    '%s says when the journal cannot be written',
    async (type) => {
      const { run, peer } = await withRun();
      const lease = await held(run, peer, 1);
      const doing = {
        commit: () => run.commit(log('a')),
        settle: () => lease.settle(reply('x')),
        close_run: () => run.close(),
      };
      const done = doing[type]();
      const { seq } = await peer.next(type);
      peer.send({ type: 'failed', seq, reason: 'journal', message: 'disk full' });
      const error = await done.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(JournalBroken);
      expect(error).toMatchObject({ message: 'disk full' });
    },
  );
});

describe('the end', () => {
  test('closing the client ends what is open with a reason, and nothing is left unhandled', async () => {
    const { run, client, peer } = await withRun();
    const lease = await held(run, peer, 1);
    const waiting = await queued(run, peer, 2);
    const placing = waiting.place(never);
    void run.request(request());
    void lease.settle(reply('never'));
    await client[Symbol.asyncDispose]();
    await expect(placing).rejects.toMatchObject({ name: 'PoolUnreachable', reason: 'closed' });
    await expect(run.commit({ type: 'log', text: '', at: 1 })).rejects.toMatchObject({ reason: 'closed' });
    expect(lease.stop?.aborted).toBe(true);
    await peer.ended;
    await turn();
  });

  test('what was said last reaches the broker', async () => {
    const { run, client, peer } = await withRun();
    const lease = await held(run, peer, 1);
    await lease[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    await peer.next('release');
  });
});
