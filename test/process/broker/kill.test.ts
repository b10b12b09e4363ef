/** The built broker, and SIGKILL for each party: nothing leaks, nothing is lent twice, no agent is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { poolPlace } from '../../../src/broker/pool-place.ts';
import { RawClient } from '../../support/pool/pool-broker.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PUPPET = path.join(import.meta.dirname, '../../support/pool/pool-puppet.mjs');

function start(file: string, args: readonly string[], home: string, env: object = {}): ChildProcess {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: '/usr/bin:/bin', ANDWAIT_HOME: home, ANDWAIT_SLOTS: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function placeIn(home: string) {
  return poolPlace({ env: { ANDWAIT_HOME: home }, uid: process.getuid?.() ?? 0, homeDir: home });
}

/** Looks as often as the loop turns; the test's own limit ends it. */
async function until<T>(look: () => T | undefined | false): Promise<T> {
  return await vi.waitUntil(look, { interval: 20, timeout: 20_000 });
}

async function startBroker(home: string, env: object = {}): Promise<ChildProcess> {
  const broker = start(path.join(DIST, 'pool-broker.js'), [], home, env);
  const note = placeIn(home).socketNoteFile;
  await until(() => existsSync(note) && readFileSync(note, 'utf8').includes(`"pid":${broker.pid}`));
  return broker;
}

async function startPuppet(home: string, manner: 'tells' | 'keeps-quiet') {
  const puppet = start(PUPPET, [placeIn(home).dir, home, manner], home);
  const [line] = (await once(puppet.stdout ?? puppet, 'data')) as [Buffer];
  const { agent } = JSON.parse(String(line)) as { agent: number };
  onTestFinished(() => {
    endGroup(agent);
    for (const pid of leasedIn(home)) process.kill(pid, 'SIGKILL');
  });
  await until(() => leasedIn(home).length === 3 && membersOf(agent).length === 2);
  return { puppet, agent };
}

/** An agent and all that it started, whatever groups they are in. */
function leasedIn(home: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return (
          env.includes(`ANDWAIT_HOME=${home}`) && env.some((entry) => entry.startsWith('ANDWAIT_LEASE='))
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

function endGroup(id: number): void {
  try {
    process.kill(-id, 'SIGKILL');
  } catch {
    // Gone, as it should be.
  }
}

/** Members of a group that run. */
function membersOf(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(pgrp) === group && state !== 'Z';
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function taken(home: string): Promise<number> {
  const client = await RawClient.connect(placeIn(home));
  const status = await client.status();
  client.leave();
  return status.taken;
}

describe.runIf(process.platform === 'linux')('SIGKILL', () => {
  test('of 20 brokers that start at once, one lives', async () => {
    const home = temporaryFolder();
    const brokers = Array.from({ length: 20 }, () => start(path.join(DIST, 'pool-broker.js'), [], home));
    let ended = 0;
    for (const broker of brokers) {
      broker.once('exit', (code) => {
        ended += code === 0 ? 1 : 100;
      });
    }
    await until(() => ended >= 19);
    expect(ended).toBe(19);
    await until(() => existsSync(placeIn(home).socketNoteFile));
    const alive = brokers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const status = await (await RawClient.connect(placeIn(home))).status();
    expect(alive.map(({ pid }) => pid)).toEqual([status.pid]);
  });

  test.each(['tells', 'keeps-quiet'] as const)(
    'of a client that %s of its agent: that is ended with all it started, and the slot is free',
    async (manner) => {
      const home = temporaryFolder();
      await startBroker(home);
      const { puppet } = await startPuppet(home, manner);
      expect(await taken(home)).toBe(1);
      puppet.kill('SIGKILL');
      await until(() => leasedIn(home).length === 0);
      const client = await RawClient.connect(placeIn(home));
      const { runId } = await client.ask({ type: 'join_run', stateDir: home }, 'run_joined');
      const request = { contentHash: 'next', promptHash: 'p', label: 'next' };
      const next = await client.ask(
        { type: 'request', runId, request, priority: 'normal', repeatable: true },
        'admitted',
      );
      expect(next.kind).toBe('queued');
      await client.hears('granted');
    },
  );

  test('of an agent: the slot is taken until its call settles, and no longer', async () => {
    const home = temporaryFolder();
    await startBroker(home);
    const { puppet, agent } = await startPuppet(home, 'tells');
    endGroup(agent);
    await until(() => membersOf(agent).length === 0);
    expect(await taken(home)).toBe(1);
    puppet.kill('SIGKILL');
    const client = await RawClient.connect(placeIn(home));
    await vi.waitFor(async () => expect((await client.status()).taken).toBe(0), { timeout: 20_000 });
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    '(%s) of the broker: the next one counts the agent while its client lives, until it ends',
    async (signal) => {
      const home = temporaryFolder();
      const first = await startBroker(home);
      const { agent } = await startPuppet(home, 'tells');
      // Known to the first one, and so on the disk: it answers in order.
      await until(() => readFileSync(placeIn(home).heldFile, 'utf8').includes(`"pid":${agent}`));
      first.kill(signal);
      await once(first, 'exit');
      await startBroker(home);
      expect(await taken(home)).toBe(1);
      expect(membersOf(agent)).not.toEqual([]);
      endGroup(agent);
      const client = await RawClient.connect(placeIn(home));
      await vi.waitFor(async () => expect((await client.status()).taken).toBe(0), { timeout: 20_000 });
    },
  );

  test.each([
    ['tells', 'lives'],
    ['tells', 'is gone by then, and left something'],
    ['keeps-quiet', 'lives'],
    ['keeps-quiet', 'is gone by then, and left something'],
  ] as const)(
    'of broker and client, which %s of its agent, which %s: the next broker ends all of it',
    async (manner, end) => {
      const home = temporaryFolder();
      const first = await startBroker(home);
      const { puppet, agent } = await startPuppet(home, manner);
      if (manner === 'tells') {
        await until(() => readFileSync(placeIn(home).heldFile, 'utf8').includes(`"pid":${agent}`));
      }
      first.kill('SIGKILL');
      puppet.kill('SIGKILL');
      await Promise.all([once(first, 'exit'), once(puppet, 'exit')]);
      if (end !== 'lives') endGroup(agent);
      await until(() => leasedIn(home).length === (end === 'lives' ? 3 : 1));
      await startBroker(home);
      await until(() => leasedIn(home).length === 0);
    },
  );
});

test('a broker that nobody needs ends, and leaves no socket', async () => {
  const home = temporaryFolder();
  const broker = start(path.join(DIST, 'pool-broker.js'), [], home, { ANDWAIT_POOL_IDLE_SECONDS: '0' });
  expect(await once(broker, 'exit')).toEqual([0, null]);
  expect(readdirSync(placeIn(home).dir).filter((name) => name.startsWith('s'))).toEqual([]);
});
