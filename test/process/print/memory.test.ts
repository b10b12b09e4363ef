/** What a long session holds: its history, and nothing that grows besides. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StreamItemReader } from '../../../src/wire/events/stream-item.ts';
import { FakeMessagesApi } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../../dist/andwait-print.js');
const PROBE = path.resolve(import.meta.dirname, '../../support/programs/heap-probe.mjs');

const TURNS = 200;
/** Code is compiled and caches are filled in the first turns. */
const SETTLED = 50;
const MB = 1_000_000;

interface Watched {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  turn(text: string): Promise<void>;
  heapBytes(): Promise<number>;
}

function start(env: Record<string, string>): Watched {
  const args = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
  const child = spawn(process.execPath, ['--import', PROBE, PROGRAM, ...args], {
    cwd: temporaryFolder(),
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  let onResult = (): void => {};
  let onHeap = (_bytes: number): void => {};
  const reader = new StreamItemReader((item) => {
    if (item.kind === 'event' && item.event['type'] === 'result') onResult();
  });
  child.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
    const said = /^heap (\d+)\n/m.exec(stderr);
    if (said === null) return;
    stderr = stderr.replace(said[0], '');
    onHeap(Number(said[1]));
  });
  const line = (content: string): string =>
    `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`;
  return {
    child,
    stderr: () => stderr,
    turn: (text) =>
      new Promise((resolve) => {
        onResult = resolve;
        child.stdin.write(line(text));
      }),
    heapBytes: () =>
      new Promise((resolve) => {
        onHeap = resolve;
        child.kill('SIGUSR2');
      }),
  };
}

test('200 turns with a tool each: what is alive is the history', { timeout: 180_000 }, async () => {
  await using api = await FakeMessagesApi.start();
  const { turn, heapBytes, stderr } = start(api.env(temporaryFolder()));
  let settledBytes = Number.NaN;
  for (let n = 1; n <= TURNS; n++) {
    await turn(`turn ${n}: TOOL:TodoWrite {"todos":[]}`);
    // The stand-in's own memory is not what is measured, but it would be in the way.
    expect(api.requests.splice(0)).toHaveLength(2);
    if (n === SETTLED) settledBytes = await heapBytes();
  }
  // 150 turns of history are about 0.3 MB.
  expect((await heapBytes()) - settledBytes).toBeLessThan(2 * MB);
  // No warning of too many listeners, either.
  expect(stderr()).toBe('');
});
