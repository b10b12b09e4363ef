/** A run killed with SIGKILL, at every named step and in between, then resumed: nothing settled is paid for twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/read-journal.ts';
import { DIST } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CALLS = 12;
const SCRIPT = `export const meta = { name: 'many', description: 'independent calls' }
return await parallel(Array.from({ length: ${CALLS} }, (_, n) => () => agent('item ' + n)))
`;
const EXPECTED = Array.from({ length: CALLS }, (_, n) => `answer to item ${n}`);

/** A folder with a script, and a claude that writes down that it ran. */
function setUp() {
  const cwd = temporaryFolder();
  const bin = path.join(cwd, 'bin');
  mkdirSync(bin);
  copyFileSync(
    path.resolve(import.meta.dirname, '../fixtures/agents/counting-claude'),
    path.join(bin, 'claude'),
  );
  writeFileSync(path.join(cwd, 'many.js'), SCRIPT);
  const ranLog = path.join(cwd, 'ran.log');
  writeFileSync(ranLog, '');
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: cwd,
    ANDWAIT_HOME: path.join(cwd, 'state'),
    RAN_LOG: ranLog,
  };
  return {
    andwait: (args: readonly string[], crash?: string) => start(cwd, env, args, crash),
    ran: () => readFileSync(ranLog, 'utf8').split('\n').filter(Boolean),
    runIds: () => (existsSync(path.join(cwd, 'state/runs')) ? readdirSync(path.join(cwd, 'state/runs')) : []),
    settledPrompts: (runId: string) => settledLabels(path.join(cwd, 'state/runs', runId, 'journal.ndjson')),
  };
}

async function start(cwd: string, env: Record<string, string>, args: readonly string[], crash?: string) {
  const hook = path.resolve(import.meta.dirname, '../support/crash-point.mjs');
  const node = crash === undefined ? [] : ['--import', hook];
  const child = spawn(process.execPath, [...node, path.join(DIST, 'andwait.js'), ...args], {
    cwd,
    env: { ...env, ...(crash === undefined ? {} : { ANDWAIT_TEST_CRASH: crash }) },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

function settledLabels(file: string): string[] {
  if (!existsSync(file)) return [];
  const labels = new Map<number, string>();
  const settled: string[] = [];
  for (const record of readJournal(file).records) {
    if (record.type === 'started') labels.set(record.call, record.label);
    if (record.type === 'outcome' && record.outcome.kind === 'reply')
      settled.push(labels.get(record.call) ?? '');
  }
  return settled;
}

const POINTS = ['append', 'sync', 'spawn', 'rename'].flatMap((step) =>
  ['before', 'after'].flatMap((when) => [1, 2, 5].map((nth) => `${when}:${step}:${nth}`)),
);

describe('killed at a named step, then resumed', () => {
  test.each(POINTS)('%s', async (point) => {
    const { andwait, ran, runIds, settledPrompts } = setUp();
    const first = await andwait(['run', 'many.js', '--agent', 'claude', '-q'], point);
    if (first.signal === null) {
      // A run of this size does not take that many such steps: it must have ended well.
      expect(first).toMatchObject({ code: 0, stdout: `${JSON.stringify(EXPECTED)}\n` });
      return;
    }
    expect(first.signal).toBe('SIGKILL');
    const [runId] = runIds();
    if (runId === undefined) return;
    const settled = settledPrompts(runId);
    const ranBefore = ran().length;
    const second = await andwait(['resume', runId, '-q']);
    if (/cut off before it began/.test(second.stderr)) {
      expect(settled).toEqual([]);
      return;
    }
    expect(second).toMatchObject({ code: 0, stderr: '', stdout: `${JSON.stringify(EXPECTED)}\n` });
    const ranAgain = ran().slice(ranBefore);
    expect(ranAgain.filter((prompt) => settled.includes(prompt))).toEqual([]);
    expect(ranAgain).toHaveLength(CALLS - settled.length);
    // And a third time there is nothing left to do.
    const third = await andwait(['resume', runId, '-q']);
    expect(third).toMatchObject({ code: 0, stdout: `${JSON.stringify(EXPECTED)}\n` });
    expect(ran()).toHaveLength(ranBefore + ranAgain.length);
  });
});
