/** `andwait pool`, as a shell sees it. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import type { PoolStatus } from '../../../src/wire/pool/pool-status.ts';
import { request } from '../../support/calls.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';
import { PoolRig } from './pool-rig.ts';

const suite = suiteFolder();
const FLOCK = ['/usr/bin/flock', '/bin/flock'].find(existsSync);

function poolProject(): { readonly project: ShellProject; readonly rig: PoolRig } {
  const project = new ShellProject(suite);
  return { project, rig: new PoolRig(project.state) };
}

const noise = { code: 0, stderr: '' };

describe('where there is no broker', () => {
  test.each([
    [['status'], 'no broker runs; the next call starts one\n'],
    [['status', '--json'], 'null\n'],
    [['stop'], ''],
  ])('pool %j starts none and is content', async (args, stdout) => {
    const { project, rig } = poolProject();
    expect(await project.run(['pool', ...args])).toMatchObject({ ...noise, stdout });
    expect(rig.brokers()).toEqual([]);
  });

  test('set starts one, and what was set outlasts it', async () => {
    const { project, rig } = poolProject();
    expect(await project.run(['pool', 'set', '--slots', '7', '--memfree', '1M'])).toMatchObject(noise);
    expect(await project.run(['pool', 'stop'])).toMatchObject(noise);
    const client = await rig.connect();
    expect(await client.status()).toMatchObject({ slots: 7, minFreeBytes: 1e6 });
    expect(await project.run(['pool', 'set', '--memfree', '0'])).toMatchObject(noise);
    expect(await client.status()).toMatchObject({ slots: 7, minFreeBytes: null });
  });
});

describe('where there is one', () => {
  test('status tells slots, runs and calls, for people and programs', async () => {
    const { project, rig } = poolProject();
    const client = await rig.connect();
    await client.setPool({ slots: 1 });
    const run = await rig.openRun(client, 'r1');
    const [first] = await Promise.all([
      run.request(request({ prompt: 'a', label: 'first' })),
      run.request(request({ prompt: 'b', label: 'second' })),
    ]);
    if (first.kind === 'queued') await first.place(new AbortController().signal);
    const { stdout } = await project.run(['pool', 'status']);
    expect(stdout).toMatch(/^1 of 1 slot taken, 1 call waiting\n/);
    expect(stdout).toContain('r1: 1 running, 1 waiting, in ');
    expect(stdout).toMatch(/^r1 +1 +first +starting +\S+$/m);
    expect(stdout).toMatch(/^r1 +2 +second +waiting +\S+$/m);
    const json = await project.run(['pool', 'status', '--json']);
    const status = JSON.parse(json.stdout) as PoolStatus;
    expect(status).toMatchObject({ slots: 1, taken: 1, waiting: 1, paused: false, runs: [{ runId: 'r1' }] });
    const refused = await project.run(['pool', 'stop']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^andwait: .*--force\n$/);
  });

  test('a pause outlives its broker, and is told without one', async () => {
    const { project } = poolProject();
    expect(await project.run(['pool', 'pause'])).toMatchObject(noise);
    expect(await project.run(['pool', 'stop'])).toMatchObject(noise);
    expect((await project.run(['pool', 'status'])).stdout).toBe(
      'no broker runs; the next call starts one, and the pool is paused: no agent starts until `andwait pool continue`\n',
    );
    expect(await project.run(['pool', 'continue'])).toMatchObject(noise);
    expect((await project.run(['pool', 'status'])).stdout).not.toContain('paused');
  });

  test('a paused pool grants nothing until it is continued', async () => {
    const { project, rig } = poolProject();
    expect(await project.run(['pool', 'pause'])).toMatchObject(noise);
    const client = await rig.connect();
    const run = await rig.openRun(client, 'r1');
    const admission = await run.request(request());
    if (admission.kind !== 'queued') throw new Error(admission.kind);
    let granted = false;
    const placing = admission.place(new AbortController().signal).then((placement) => {
      granted = true;
      return placement;
    });
    const { stdout } = await project.run(['pool', 'status']);
    expect(stdout).toContain('paused: no agent starts until `andwait pool continue`');
    expect(granted).toBe(false);
    expect(await project.run(['pool', 'continue'])).toMatchObject(noise);
    expect(await placing).toMatchObject({ kind: 'leased' });
  });

  test('stop ends it', async () => {
    const { project, rig } = poolProject();
    await project.run(['pool', 'continue']);
    expect(rig.brokers()).toHaveLength(1);
    expect(await project.run(['pool', 'stop'])).toMatchObject({ ...noise, stdout: '' });
    expect((await project.run(['pool', 'status'])).stdout).toMatch(/^no broker runs/);
  });
});

describe('a broker of another version', () => {
  /** Answers every hello as one that speaks another protocol; ends well when TERM comes. */
  const other = `
    const fs = require('node:fs'), net = require('node:net'), [, , dir] = process.argv;
    const answer = JSON.stringify({ type: 'unwelcome', reason: 'protocol', message: 'this is protocol 99' }) + '\\n';
    const server = net.createServer((socket) => socket.once('data', () => socket.end(answer)).on('error', () => {}));
    process.on('SIGTERM', () => process.exit(0));
    server.listen(dir + '/s.sock', () => {
      fs.writeFileSync(dir + '/token', 'ab'.repeat(32));
      const note = { path: dir + '/s.sock', pid: Number(process.argv[3] ?? process.pid), version: '99.0.0' };
      fs.writeFileSync(dir + '/socket.json', JSON.stringify(note));
      console.log('listens');
    });
  `;

  async function otherVersion(...args: readonly string[]) {
    const { project } = poolProject();
    const dir = path.join(project.state, 'pool');
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const file = project.write('pool-broker.js', other);
    // As a real one it holds the lock, so that it looks like one that hangs.
    const lock = path.join(dir, 'lock');
    const served = [process.execPath, file, dir, ...args];
    const broker = FLOCK
      ? project.startProgram(FLOCK, ['-F', lock, ...served])
      : project.startProgram(process.execPath, served.slice(1));
    onTestFinished(() => void broker.child.kill('SIGKILL'));
    await broker.until('stdout', 'listens');
    return { project, broker };
  }

  test('is named with both versions and what to do, and stopped when one insists', async () => {
    const { project, broker } = await otherVersion();
    const status = await project.run(['pool', 'status']);
    expect(status).toMatchObject({ code: 75, stdout: '' });
    expect(status.stderr).toMatch(
      /^andwait: the pool's broker is andwait 99\.0\.0 \(pid \d+\), this is andwait .* with protocol \d+.*this is protocol 99.*`andwait pool stop --force`.*, then try again\n$/,
    );
    const asked = await project.run(['pool', 'stop']);
    expect(asked).toMatchObject({ code: 75 });
    expect(asked.stderr).toContain('`andwait pool stop --force` ends it');
    expect(await project.run(['pool', 'stop', '--force'])).toMatchObject({ ...noise, stdout: '' });
    expect(await broker.ended).toMatchObject({ code: 0 });
  });

  test('doctor names what ends it, and that is no kill', async () => {
    const { project } = await otherVersion();
    const { stdout } = await project.run(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    const found = findings.find(({ about }) => about === 'pool');
    expect(found).toMatchObject({ level: 'problem' });
    expect(found?.message).toContain('andwait 99.0.0');
    expect(found?.remedy).toMatch(/^`?andwait pool stop --force/);
  });

  test("whose number is somebody else's here is left alone, and so is whoever has it", async () => {
    const { project } = await otherVersion(String(process.pid));
    const { code, stderr } = await project.start(['pool', 'stop', '--force']).ended;
    expect(code).toBe(75);
    expect(stderr).toContain('stop it where it runs');
  });
});

describe('serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'runs in the foreground until %s, and then in good order',
    async (signal) => {
      const { project, rig } = poolProject();
      const serving = project.start(['pool', 'serve']);
      await serving.until('stderr', `serves the pool in ${path.join(project.state, 'pool')}`);
      const client = await rig.connect();
      expect((await client.status()).pid).toBe(serving.child.pid);
      // None was started beside it.
      expect(rig.brokers()).toEqual([]);
      await client[Symbol.asyncDispose]();
      serving.child.kill(signal);
      expect(await serving.ended).toMatchObject({ code: 0, signal: null, stdout: '' });
      expect((await project.run(['pool', 'status'])).stdout).toMatch(/^no broker runs/);
    },
  );

  test('says when there is one already', async () => {
    const { project } = poolProject();
    await project.run(['pool', 'continue']);
    const { code, stderr } = await project.run(['pool', 'serve']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^andwait: the pool in .* has a broker already \(pid \d+\); end it with `andwait pool stop`/,
    );
  });
});

test.each([
  [[], 'pool needs one ACTION: status, serve, stop, set, pause or continue'],
  [['begin'], 'pool "begin": expected one of status'],
  [['set'], 'say what to set'],
  [['status', '--force'], '--force belongs to `andwait pool stop`'],
  [['stop', 'now'], 'too many words'],
])('pool %j is refused in words', async (args, words) => {
  const { project } = poolProject();
  const { code, stderr } = await project.run(['pool', ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test('the unit file serves the pool', () => {
  const unit = readFileSync(
    path.resolve(import.meta.dirname, '../../../recipes/andwait-pool.service'),
    'utf8',
  );
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/env andwait pool serve$/m);
});
