import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isRunLocked, takeRunLock } from '../../../src/journal/run-lock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('one holder at a time, and free once released', async () => {
  const dir = temporaryFolder();
  expect(await isRunLocked(dir)).toBe(false);
  const lock = await takeRunLock(dir, Math.random);
  expect(await isRunLocked(dir)).toBe(true);
  expect(await takeRunLock(dir, Math.random)).toBeUndefined();
  await lock?.release();
  expect(await isRunLocked(dir)).toBe(false);
  expect(await takeRunLock(dir, Math.random)).toBeDefined();
});

test('of many who ask at once exactly one gets it', async () => {
  const dir = temporaryFolder();
  const locks = await Promise.all(Array.from({ length: 20 }, () => takeRunLock(dir, Math.random)));
  expect(locks.filter(Boolean)).toHaveLength(1);
});

test('a holder that is killed holds nothing', async () => {
  const dir = temporaryFolder();
  const lock = await takeRunLock(dir, Math.random);
  await lock?.release();
  const holder = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen('\\0andwait-run-' + require('fs').readFileSync(process.argv[1] + '/lock', 'utf8'), () => console.log('held'))`,
    dir,
  ]);
  await once(holder.stdout, 'data');
  expect(await takeRunLock(dir, Math.random)).toBeUndefined();
  holder.kill('SIGKILL');
  await once(holder, 'close');
  expect(await takeRunLock(dir, Math.random)).toBeDefined();
});
