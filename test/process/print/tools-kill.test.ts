/** A program with the Bash tool that ends, by `kill -9` or by itself, leaves nothing of its commands behind. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Runs the command that it is given, and ends. */
const PROGRAM = `
import { bash } from './src/print/tools/shell/bash.ts';
import { WorkingFolder } from './src/print/tools/shell/working-folder.ts';
import { systemClock } from './test/support/system-clock.ts';
const [, command, outputDir] = process.argv;
const program = { env: process.env, clock: systemClock, kill: process.kill.bind(process), random: Math.random };
const tool = bash({ program, folder: new WorkingFolder(process.cwd(), []), outputDir });
await tool.run({ command }, { signal: new AbortController().signal, useId: 'u' });
`;

let bundle = '';

beforeAll(async () => {
  const result = await build({
    stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    write: false,
  });
  bundle = result.outputFiles[0]?.text ?? '';
});

function start(command: string) {
  const dir = temporaryFolder();
  const child = spawn(process.execPath, ['--input-type=module', '-e', bundle, '--', command, dir], {
    cwd: dir,
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { dir, child, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

async function pidsIn(file: string): Promise<number[]> {
  await expect.poll(() => pids(file).length, { timeout: 10_000 }).toBe(2);
  return pids(file);
}

function pids(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const STUBBORN = '(trap "" TERM; echo $BASHPID >> pids; while :; do sleep 1; done) & echo $$ >> pids;';

test('killed in the middle of a command', async () => {
  const { dir, child } = start(`${STUBBORN} wait`);
  const running = await pidsIn(path.join(dir, 'pids'));
  expect(running.every(isAlive)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => running.some(isAlive), { timeout: 10_000 }).toBe(false);
});

test('ended with something in the background', async () => {
  const { dir, ended } = start(`${STUBBORN}`);
  const running = await pidsIn(path.join(dir, 'pids'));
  await ended;
  await expect.poll(() => running.some(isAlive), { timeout: 10_000 }).toBe(false);
});
