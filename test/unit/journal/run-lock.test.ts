import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openLocked } from '../../../src/journal/open-locked.ts';
import { isRunLocked, takeRunLock } from '../../../src/journal/run-lock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('one holder at a time, and free once released', async () => {
  const dir = temporaryFolder();
  expect(await isRunLocked(dir)).toBe(false);
  expect(readdirSync(dir)).toEqual([]);
  const lock = await takeRunLock(dir);
  expect(await isRunLocked(dir)).toBe(true);
  expect(await takeRunLock(dir)).toBeUndefined();
  await lock?.release();
  expect(await isRunLocked(dir)).toBe(false);
  const next = await takeRunLock(dir);
  expect(next).toBeDefined();
  await next?.release();
});

test('of many who ask at once exactly one gets it', async () => {
  const dir = temporaryFolder();
  const locks = await Promise.all(Array.from({ length: 20 }, () => takeRunLock(dir)));
  expect(locks.filter(Boolean)).toHaveLength(1);
  await Promise.all(locks.map((lock) => lock?.release()));
});

test('while somebody looks, one who must have it alone is refused, or waits', async () => {
  const file = path.join(temporaryFolder(), 'lock');
  const made = await openLocked(file, 'exclusive');
  expect(await openLocked(file, 'shared')).toBeUndefined();
  closeSync(made ?? -1);
  const looking = await openLocked(file, 'shared');
  expect(await openLocked(file, 'exclusive')).toBeUndefined();
  const waiting = openLocked(file, 'exclusive-waiting');
  expect(await openLocked(file, 'exclusive')).toBeUndefined();
  closeSync(looking ?? -1);
  const got = await waiting;
  expect(got).toBeDefined();
  closeSync(got ?? -1);
});

test('looking, at any time, keeps nobody from taking it', async () => {
  const dir = temporaryFolder();
  await (await takeRunLock(dir))?.release();
  const looks = Array.from({ length: 8 }, () => isRunLocked(dir));
  const lock = await takeRunLock(dir);
  expect(lock).toBeDefined();
  await Promise.all(looks);
  await lock?.release();
});

test('a child that was started meanwhile does not keep it', async () => {
  const dir = temporaryFolder();
  const lock = await takeRunLock(dir);
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log("up")']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await lock?.release();
  expect(await isRunLocked(dir)).toBe(false);
  const next = await takeRunLock(dir);
  expect(next).toBeDefined();
  await next?.release();
});

/** The module as a program can load it: Node 20 reads no TypeScript. */
let built = '';
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [path.resolve(import.meta.dirname, '../../../src/journal/run-lock.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  built = `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`;
});

/** Another process that takes the lock, says how that went, and stays with a child of its own. */
async function holder(
  dir: string,
  ...before: readonly string[]
): Promise<{ child: ChildProcess; said: string }> {
  const program = `
    const { takeRunLock } = await import(process.argv[1]);
    const lock = await takeRunLock(process.argv[2]);
    const { spawn } = await import('node:child_process');
    const agent = spawn('sleep', ['60']);
    console.log(lock ? 'held ' + agent.pid : 'refused ' + agent.pid);
  `;
  const [command = '', ...args] = [
    ...before,
    process.execPath,
    '--input-type=module',
    '-e',
    program,
    built,
    dir,
  ];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [data] = await once(child.stdout, 'data');
  const [said = '', agent] = String(data).trim().split(' ');
  onTestFinished(() => {
    child.kill('SIGKILL');
    process.kill(Number(agent), 'SIGKILL');
  });
  return { child, said };
}

test('a holder that is killed holds nothing, though its agents live on', async () => {
  const dir = temporaryFolder();
  const { child, said } = await holder(dir);
  expect(said).toBe('held');
  expect(await isRunLocked(dir)).toBe(true);
  expect(await takeRunLock(dir)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isRunLocked(dir)).toBe(false);
  const lock = await takeRunLock(dir);
  expect(lock).toBeDefined();
  await lock?.release();
});

const canUnshare = os.platform() === 'linux' && spawnSync('unshare', ['-rn', 'true']).status === 0;

test.skipIf(!canUnshare)('it holds across network namespaces, as containers have them', async () => {
  const dir = temporaryFolder();
  const lock = await takeRunLock(dir);
  expect((await holder(dir, 'unshare', '-rn')).said).toBe('refused');
  await lock?.release();
  expect((await holder(dir, 'unshare', '-rn')).said).toBe('held');
  expect(await isRunLocked(dir)).toBe(true);
  expect(await takeRunLock(dir)).toBeUndefined();
});
