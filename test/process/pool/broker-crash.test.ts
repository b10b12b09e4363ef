/** A broker killed with SIGKILL at every named step: the run goes on with the next one, and every agent runs exactly once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { until } from '../../support/looking.ts';
import { countingProject } from '../../support/programs/counting-project.ts';
import { DIST } from '../../support/programs/run-in-process.ts';

const CALLS = 8;
const HOOK = path.resolve(import.meta.dirname, '../../support/programs/crash-point.mjs');

const nths = { append: [1, 3], sync: [4], held: [1, 5], rename: [2] };
const POINTS = (['append', 'sync', 'held', 'rename'] as const).flatMap((step) =>
  ['before', 'after'].flatMap((when) => nths[step].map((nth) => `${when}:${step}:${nth}`)),
);

/** Resolves when it listens, or is dead already. */
async function startBroker(
  env: Record<string, string>,
  crash: string,
): Promise<{ died: Promise<unknown[]> }> {
  const home = env['ANDWAIT_HOME'] ?? '';
  mkdirSync(home, { mode: 0o700 });
  const broker = spawn(process.execPath, ['--import', HOOK, path.join(DIST, 'pool-broker.js')], {
    env: { ...env, ANDWAIT_TEST_CRASH: crash, ANDWAIT_POOL_IDLE_SECONDS: '60' },
    stdio: 'ignore',
  });
  onTestFinished(() => void broker.kill('SIGKILL'));
  const died = once(broker, 'exit');
  const isDead = () => broker.exitCode !== null || broker.signalCode !== null;
  await until(() => existsSync(path.join(home, 'pool/socket.json')) || isDead());
  return { died };
}

describe.runIf(process.platform === 'linux')('the broker is killed', () => {
  test.each(POINTS)('%s', async (crash) => {
    const { andwait, env, cwd, runIds, expected } = countingProject(CALLS);
    const { died } = await startBroker({ ...env, ANDWAIT_SLOTS: '3' }, crash);
    const run = await andwait(['run', 'many.js', '--agent', 'claude', '-q', '-j', '3']);
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: `${JSON.stringify(expected)}\n` });
    expect(await died).toEqual([null, 'SIGKILL']);
    expect([...run.ran].sort()).toEqual(Array.from({ length: CALLS }, (_, n) => `item ${n}`));
    const [runId = ''] = runIds();
    const { records } = readJournal(path.join(cwd, 'state/runs', runId, 'journal.ndjson'));
    const outcomes = records.filter((record) => record.type === 'outcome');
    expect(outcomes).toHaveLength(CALLS);
    expect(new Set(outcomes.map((record) => record.call)).size).toBe(CALLS);
  });
});
