/** Runs as released versions left them must load and go on for ever. One folder a version; unknown fields were added on purpose. */
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAndwait } from '../support/programs/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RUNS = path.resolve(import.meta.dirname, '../fixtures/runs');
const AGENTS = path.resolve(import.meta.dirname, '../fixtures/agents');

/** The state folder of that version, with its one run: cut off with two of three calls settled. */
function stateOf(version: string) {
  const cwd = temporaryFolder();
  const runs = path.join(cwd, 'state/runs');
  cpSync(path.join(RUNS, version), runs, { recursive: true });
  const bin = path.join(cwd, 'bin');
  mkdirSync(bin);
  cpSync(path.join(AGENTS, 'counting-claude'), path.join(bin, 'claude'));
  const [runId = ''] = readdirSync(runs);
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    ANDWAIT_HOME: path.join(cwd, 'state'),
    RAN_LOG: path.join(cwd, 'ran.log'),
  };
  const andwait = (...argv: string[]) => runAndwait({ argv, cwd, env });
  const ran = () => readFileSync(env.RAN_LOG, 'utf8');
  return { runId, runs, cwd, andwait, ran };
}

describe.each(readdirSync(RUNS))('a run of %s', (version) => {
  test('is listed, with its calls', async () => {
    const { andwait, runId } = stateOf(version);
    expect((await andwait('list')).stdout).toMatch(new RegExp(`${runId} +fixture +unfinished`));
    expect((await andwait('logs', runId)).stdout).toMatch(/3 +no\. 3 +Ask +unfinished/);
    expect((await andwait('logs', runId, '1')).stdout).toContain('answer to first');
  });

  test('is resumed: what had settled is reused, the rest runs', async () => {
    const { andwait, runId, cwd, ran } = stateOf(version);
    const { code, stdout, stderr } = await andwait('resume', runId, '-q', '--cwd', cwd, '--output', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      result: ['answer to first', 'answer to second', 'answer to third'],
      calls: { done: 1, replayed: 2 },
      attempts: [
        { attempt: 1, status: null },
        { attempt: 2, status: 'completed' },
      ],
    });
    expect(ran()).toBe('third\n');
  });

  test('keeps the fields it does not know', async () => {
    const { andwait, runId, runs } = stateOf(version);
    const journal = path.join(runs, runId, 'journal.ndjson');
    const before = readFileSync(journal, 'utf8');
    await andwait('resume', runId, '-q');
    expect(readFileSync(journal, 'utf8').startsWith(before)).toBe(true);
    expect(readFileSync(path.join(runs, runId, 'run.json'), 'utf8')).toContain('addedLater');
  });
});
