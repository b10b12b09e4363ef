/** What of a run does not listen is killed when its time is over, and nobody else's process is touched. Real processes, manual time. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isBelow } from '../../../src/cli/exec/exec-environment.ts';
import { endProcessesWhose, type ProcessEnder } from '../../../src/wire/processes/end-processes.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const NEVER = new AbortController().signal;
const DEAF = `trap '' TERM; echo ready; while read x; do :; done`;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Started with that in its environment, and deaf by the time this resolves. */
async function started(env: Readonly<Record<string, string>>): Promise<Child> {
  const child = spawn('/bin/sh', ['-c', DEAF], { env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

function endProcessesBelow(run: string, program: ProcessEnder, hurry: AbortSignal) {
  return endProcessesWhose((env) => isBelow(run, env), program, hurry);
}

function killer() {
  const sent: (readonly [number, string | number])[] = [];
  const kill = (pid: number, signal: NodeJS.Signals | 0): void => {
    sent.push([pid, signal]);
    process.kill(pid, signal);
  };
  const clock = new ManualClock();
  return { sent, program: { clock, kill, uid: process.getuid?.() ?? 0, pid: process.pid }, clock };
}

function runId(): string {
  return `test-${process.pid}-${Math.random()}`;
}

describe.runIf(process.platform === 'linux')('what is deaf', () => {
  test('is asked once, and killed five seconds later', async () => {
    const run = runId();
    const child = await started({ ANDWAIT_RUN_ID: run });
    const { program, sent, clock } = killer();
    expect(await clock.runUntil(endProcessesBelow(run, program, NEVER), 100)).toEqual([]);
    const [first, ...later] = sent;
    expect(first).toEqual([child.pid, 'SIGTERM']);
    expect(new Set(later.map(String))).toEqual(new Set([`${child.pid},SIGKILL`]));
    expect(clock.now()).toBeGreaterThanOrEqual(5000);
    expect(clock.now()).toBeLessThan(7000);
  });

  test('is killed at once by who is in a hurry', async () => {
    const run = runId();
    await started({ ANDWAIT_RUN_ID: run });
    const { program, sent, clock } = killer();
    await clock.runUntil(endProcessesBelow(run, program, AbortSignal.abort()), 100);
    expect(new Set(sent.map(([, signal]) => signal))).toEqual(new Set(['SIGKILL']));
    expect(clock.now()).toBeLessThan(5000);
  });

  test('is found below a run of its own, if that was started below this one', async () => {
    const run = runId();
    const child = await started({ ANDWAIT_RUN_ID: 'another', ANDWAIT_RUNS_ABOVE: `x:${run}` });
    const { program, clock } = killer();
    const [[, signal]] = (await Promise.all([
      once(child, 'exit'),
      clock.runUntil(endProcessesBelow(run, program, AbortSignal.abort()), 100),
    ])) as [[null, string], unknown];
    expect(signal).toBe('SIGKILL');
  });

  test.each([
    ['of a run whose name begins the same', (run: string) => ({ ANDWAIT_RUN_ID: `${run}1` })],
    ['that only speaks of the run', (run: string) => ({ NOTE: `ANDWAIT_RUN_ID=${run}` })],
    ['that has nothing to do with us', () => ({})],
  ])('one %s is left alone', async (_which, env) => {
    const run = runId();
    await started(env(run));
    const { program, sent } = killer();
    expect(await endProcessesBelow(run, program, AbortSignal.abort())).toEqual([]);
    expect(sent).toEqual([]);
  });
});
