/** What of a run does not listen is killed when its time is over, and nobody else's process is touched. Real processes, manual time. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isBelow } from '../../../src/cli/exec/exec-environment.ts';
import { endProcessesWhose, type ProcessEnder } from '../../../src/wire/processes/end-processes.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { until } from '../../support/looking.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const NEVER = new AbortController().signal;
const DEAF = `trap '' TERM; echo ready; while read x; do :; done`;
/** As one looks that is dying: still there, and its environment gone. */
const SHEDS_ENVIRONMENT = `trap 'exec env -i sleep 3600' TERM; echo ready; while :; do read x; done`;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Started with that in its environment, and deaf by the time this resolves. */
async function started(env: Readonly<Record<string, string>>, script = DEAF): Promise<Child> {
  const child = spawn('/bin/sh', ['-c', script], { env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
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
  const program: ProcessEnder = { clock, kill, uid: process.getuid?.() ?? 0, pid: process.pid };
  const dead = () => until(() => !sent.some(([pid, signal]) => signal === 'SIGKILL' && isRunning(pid)));
  const endBelow = (run: string, hurry: AbortSignal) =>
    clock.runUntil(endProcessesBelow(run, program, hurry), 100, dead);
  return { sent, endBelow, program, clock };
}

function runId(): string {
  return `test-${process.pid}-${Math.random()}`;
}

describe.runIf(process.platform === 'linux')('what is deaf', () => {
  test('is asked once, and killed five seconds later', async () => {
    const run = runId();
    const child = await started({ ANDWAIT_RUN_ID: run });
    const { endBelow, sent, clock } = killer();
    expect(await endBelow(run, NEVER)).toEqual([]);
    const [first, ...later] = sent;
    expect(first).toEqual([child.pid, 'SIGTERM']);
    expect(new Set(later.map(String))).toEqual(new Set([`${child.pid},SIGKILL`]));
    expect(clock.now()).toBeGreaterThanOrEqual(5000);
    expect(clock.now()).toBeLessThan(7000);
  });

  test('is killed at once by who is in a hurry', async () => {
    const run = runId();
    await started({ ANDWAIT_RUN_ID: run });
    const { endBelow, sent, clock } = killer();
    await endBelow(run, AbortSignal.abort());
    expect(new Set(sent.map(([, signal]) => signal))).toEqual(new Set(['SIGKILL']));
    expect(clock.now()).toBeLessThan(5000);
  });

  test('is waited for when its environment is gone and it is not', async () => {
    const run = runId();
    const child = await started({ ANDWAIT_RUN_ID: run }, SHEDS_ENVIRONMENT);
    const { endBelow } = killer();
    const exit = once(child, 'exit');
    expect(await endBelow(run, NEVER)).toEqual([]);
    expect(await exit).toEqual([null, 'SIGKILL']);
  });

  test('is found below a run of its own, if that was started below this one', async () => {
    const run = runId();
    const child = await started({ ANDWAIT_RUN_ID: 'another', ANDWAIT_RUNS_ABOVE: `x:${run}` });
    const { endBelow } = killer();
    const [[, signal]] = (await Promise.all([once(child, 'exit'), endBelow(run, AbortSignal.abort())])) as [
      [null, string],
      unknown,
    ];
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
