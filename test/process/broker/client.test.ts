/** Clients against the real broker: who starts it, what it has of its starter, and that its death costs nothing. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PoolRun } from '../../../src/broker/client/pool-client.ts';
import { attachLease } from '../../../src/wire/pool/lease-socket.ts';
import { reply, request } from '../../support/calls.ts';
import { ANDWAIT, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';
import { environmentOf, killed, PoolRig } from './pool-rig.ts';

const suite = suiteFolder();

describe.runIf(process.platform === 'linux')('who starts the broker', () => {
  test('20 clients at once start exactly one', async () => {
    const rig = new PoolRig();
    const clients = await Promise.all(Array.from({ length: 20 }, () => rig.connect()));
    const pids = await Promise.all(clients.map(async (client) => (await client.status()).pid));
    expect(new Set(pids).size).toBe(1);
    expect(rig.brokers()).toEqual([pids[0]]);
  });

  test('20 clients that lose their broker start exactly one, and all go on', async () => {
    const rig = new PoolRig();
    const clients = await Promise.all(Array.from({ length: 20 }, () => rig.connect()));
    const [first] = rig.brokers();
    if (first === undefined) throw new Error('no broker');
    killed(first);
    const pids = await Promise.all(clients.map(async (client) => (await client.status()).pid));
    expect(new Set(pids).size).toBe(1);
    expect(pids[0]).not.toBe(first);
    expect(rig.brokers()).toEqual([pids[0]]);
  });

  test('it keeps no pipe of its starter, has no key, and survives its starter', async () => {
    const project = new ShellProject(suite);
    const rig = new PoolRig(project.state);
    const env = {
      ANTHROPIC_API_KEY: 'sk-secret',
      ANDWAIT_LEASE: 'of-an-agent',
      ANDWAIT_POOL_IDLE_SECONDS: '60',
    };
    // `ended` comes when both pipes are closed: by everybody who had them, here under two more numbers as well.
    const command = ['-c', '"$0" "$@" 7>&1 9>&2', process.execPath, ANDWAIT, 'pool', 'continue'];
    const { code, stderr } = await project.startProgram('/bin/sh', command, { env }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [pid, ...others] = rig.brokers();
    if (pid === undefined) throw new Error('no broker');
    expect(others).toEqual([]);
    expect(
      environmentOf(pid)
        .filter(Boolean)
        .map((entry) => entry.split('=')[0])
        .sort(),
    ).toEqual(['ANDWAIT_HOME', 'ANDWAIT_POOL_IDLE_SECONDS', 'HOME', 'PATH']);
    const descriptors = readdirSync(`/proc/${pid}/fd`);
    const targets = descriptors.map((descriptor) => targetOf(pid, descriptor));
    expect(['0', '1', '2'].map((descriptor) => targetOf(pid, descriptor))).toEqual(
      Array(3).fill('/dev/null'),
    );
    // Its own event loop has a pipe to itself, both ends of it; a starter's pipe would have one.
    const pipes = targets.filter((target) => target.startsWith('pipe:'));
    expect(pipes.filter((target) => pipes.filter((other) => other === target).length !== 2)).toEqual([]);
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
    // A session of its own: field 6 of stat.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    expect(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3])).toBe(pid);
    expect((await (await rig.connect()).status()).pid).toBe(pid);
  });
});

function targetOf(pid: number, descriptor: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
  } catch {
    return '';
  }
}

describe.runIf(process.platform === 'linux')("the broker's death by SIGKILL", () => {
  test('while clients hold and wait: everything completes, no outcome twice', async () => {
    const rig = new PoolRig();
    const first = await rig.connect();
    await first.setPool({ slots: 3 });
    const clients = [first, await rig.connect(), await rig.connect()];
    const runs = await Promise.all(clients.map((client, at) => rig.openRun(client, `run-${at}`)));
    let alive = 0;
    let most = 0;
    let done = 0;
    const work = async (run: PoolRun, prompt: string): Promise<void> => {
      const admission = await run.request(request({ prompt }));
      if (admission.kind !== 'queued') throw new Error(`${prompt} was ${admission.kind}`);
      const placement = await admission.place(new AbortController().signal);
      if (placement.kind !== 'leased') throw new Error(`${prompt} was refused`);
      await using lease = placement.lease;
      if (lease.ticket === undefined) throw new Error('no ticket');
      const connection = await attachLease(lease.ticket).catch(() => undefined);
      const agent = spawn('/bin/sleep', ['0.05'], {
        stdio: ['ignore', 'ignore', 'ignore', connection ?? 'ignore'],
        detached: true,
      });
      connection?.destroy();
      alive += 1;
      most = Math.max(most, alive);
      if (agent.pid !== undefined) lease.runs(agent.pid);
      await new Promise((resolve) => agent.once('exit', resolve));
      alive -= 1;
      await lease.settle(reply(prompt));
      done += 1;
      // Deaths come at moments that the work itself chooses: with some settled, some held, some waiting.
      if (done % 9 === 0) for (const pid of rig.brokers()) killed(pid);
    };
    const prompts = Array.from({ length: 12 }, (_, at) => `p${at}`);
    await Promise.all(runs.flatMap((run) => prompts.map((prompt) => work(run, prompt))));
    await Promise.all(runs.map((run) => run.close()));
    expect(most).toBe(3);
    for (const at of runs.keys()) {
      const outcomes = rig.records(`run-${at}`).filter((record) => record.type === 'outcome');
      expect(outcomes.map((record) => record.key).sort()).toEqual(
        prompts.map((prompt) => `v1:hash of ${prompt}:1`).sort(),
      );
      expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(prompts.map(() => 'reply'));
      const numbers = rig
        .records(`run-${at}`)
        .flatMap((record) => (record.type === 'started' ? [record.call] : []));
      expect(new Set(numbers).size).toBe(12);
    }
  }, 60_000);

  test('between settle and settled: the outcome is recorded once', async () => {
    const rig = new PoolRig();
    const client = await rig.connect();
    const run = await rig.openRun(client, 'run-0');
    for (let turn = 0; turn < 10; turn += 1) {
      const admission = await run.request(request({ prompt: `p${turn}` }));
      if (admission.kind !== 'queued') throw new Error(admission.kind);
      const placement = await admission.place(new AbortController().signal);
      if (placement.kind !== 'leased') throw new Error('refused');
      const settling = placement.lease.settle(reply(`r${turn}`));
      const [pid] = rig.brokers();
      // Now, or with the message on its way, or with the record written: each turn at another moment.
      for (let at = 0; at < turn; at += 1) await Promise.resolve();
      if (pid !== undefined) killed(pid);
      await settling;
    }
    await run.close();
    const outcomes = rig.records('run-0').filter((record) => record.type === 'outcome');
    expect(outcomes.map(({ outcome }) => outcome.kind === 'reply' && outcome.text)).toEqual(
      Array.from({ length: 10 }, (_, turn) => `r${turn}`),
    );
  }, 60_000);
});

test('a client that is done does not keep its process alive', async () => {
  const project = new ShellProject(suite);
  new PoolRig(project.state);
  const { code, signal } = await project.run(['pool', 'set', '--slots', '2']);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(readdirSync(path.join(project.state, 'pool'))).toContain('settings.json');
});
