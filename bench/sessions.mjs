/** What session logs cost: 133 of them, 130 MB, with and without a line of 50 MB, and the workflow that reads the batches. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { bundled } from './bundle.mjs';
import { peakMemoryMb, row, timed } from './measure.mjs';

const SESSIONS = 133;
const BYTES = 130e6;
const GIANT_LINE_BYTES = 50e6;
const AIM = 'aim 300 MB';

export async function benchSessions(dir, andwait) {
  const { writeSessionLogs } = await bundled('test/support/runs/session-logs.ts', dir);
  const plain = path.join(dir, 'logs');
  const giant = path.join(dir, 'logs-with-a-giant');
  const { bytes } = writeSessionLogs(plain, { seed: 1, sessions: SESSIONS, bytes: BYTES });
  writeSessionLogs(giant, { seed: 1, sessions: 3, bytes: 3e6, giantLineBytes: GIANT_LINE_BYTES });
  const cwd = path.join(dir, 'sessions');
  mkdirSync(cwd);
  const options = {
    cwd,
    stdio: 'ignore',
    env: { ...process.env, ANDWAIT_HOME: path.join(dir, 'sessions-state') },
  };
  const helper = (logs) => [andwait, 'sessions', logs];
  const { wallMs } = await timed(process.execPath, helper(plain), options);
  row(`${SESSIONS} sessions of ${(bytes / 1e6).toFixed(0)} MB to batches`, `${wallMs.toFixed(0)} ms`, '');
  const memory = await peakMemoryMb(process.execPath, helper(plain), options);
  row('  its memory', `${memory.toFixed(0)} MB`, AIM);
  const withGiant = await peakMemoryMb(process.execPath, helper(giant), options);
  row('  the same with a line of 50 MB', `${withGiant.toFixed(0)} MB`, AIM);
  const args = await outputOf(helper(plain), options);
  const batches = readdirSync(path.join(cwd, 'session-batches')).filter((name) => name.endsWith('.md'));
  const sizes = batches.map((name) => statSync(path.join(cwd, 'session-batches', name)).size);
  row(
    '  batches, the largest of them',
    `${batches.length}, ${(Math.max(...sizes) / 1e3).toFixed(0)} KB`,
    'aim 60 KB',
  );
  const run = [andwait, 'run', '/profile-sessions', '--args', args, '--rehearse', '--quiet'];
  const runMemory = await peakMemoryMb(process.execPath, run, options);
  row('  memory of /profile-sessions rehearsed on them', `${runMemory.toFixed(0)} MB`, AIM);
}

async function outputOf(args, options) {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return text;
}
