/** Workflows that a session orders, without the session: whose runs it may go on with, and what its agents are. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Program } from '../../../src/core/program.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { sessionWorkflows } from '../../../src/launch/session-workflows.ts';
import type { SessionTerms, WorkflowOrder } from '../../../src/print/workflows/workflow-runner.ts';
import { DIST, runAndwait } from '../../support/programs/run-in-process.ts';
import { systemClock } from '../../support/system-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SCRIPT = `export const meta = { name: 'pair', description: 'd' }
return await parallel([() => agent('one', { agentType: 'own' }), () => agent('two')])
`;

/** Agents that rehearse need neither key nor pool. */
const TERMS: SessionTerms = {
  sessionId: 'session-1',
  model: 'claude-haiku-5-5',
  effort: 'low',
  permissionMode: 'plan',
  allowedTools: ['Read'],
  flags: { kept: ['--disallowedTools', 'Bash'], unkept: ['--settings', '{"env":{"SECRET":"rosebud"}}'] },
  agentTypes: ['own'],
  remainingUsd: 2,
  rehearse: true,
};

function stage() {
  const cwd = temporaryFolder();
  const env = { PATH: '/usr/bin:/bin', ANDWAIT_HOME: path.join(cwd, 'state') };
  const program: Program = {
    argv: [],
    env,
    cwd,
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    clock: systemClock,
    random: Math.random,
    nodePath: process.execPath,
    distDir: DIST,
    cores: 2,
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
    homeDir: cwd,
    kill: (pid, signal) => void process.kill(pid, signal),
    ignoredSignals: [],
    onSignal: () => () => {},
  };
  const runner = sessionWorkflows(program);
  const order = async (over: Partial<WorkflowOrder> = {}, signal = new AbortController().signal) =>
    await runner.run(
      {
        script: { kind: 'text', text: SCRIPT },
        args: undefined,
        resumeFromRunId: undefined,
        terms: TERMS,
        ...over,
      },
      signal,
    );
  const ran = async (over?: Partial<WorkflowOrder>) => {
    const end = await order(over);
    if (end.kind !== 'ended') throw new Error(JSON.stringify(end));
    return end;
  };
  return { cwd, env, order, ran, file: (...names: string[]) => path.join(cwd, ...names) };
}

describe('a rehearsing session', () => {
  test('has rehearsing agents, of its own types, at no cost', async () => {
    const { ran } = stage();
    const { result, spent, name } = await ran();
    expect(name).toBe('pair');
    expect(result).toMatchObject({ status: 'completed', calls: { done: 2 }, costUsd: 0 });
    expect(result.result).toEqual([
      expect.stringContaining('(rehearsal)'),
      expect.stringContaining('(rehearsal)'),
    ]);
    expect(spent.map(({ costUsd }) => costUsd)).toEqual([0, 0]);
  });

  test('whose run is gone on with asks nobody again, and keeps its args', async () => {
    const { ran } = stage();
    const first = await ran({ args: { n: 1 } });
    const again = await ran({ resumeFromRunId: first.runId, script: { kind: 'recorded' } });
    expect(again.runId).toBe(first.runId);
    expect(again.result).toMatchObject({ result: first.result.result, calls: { replayed: 2, done: 0 } });
    expect(again.spent).toEqual([]);
  });
});

test('what its agents may do is recorded with the run, a secret is not', async () => {
  const { ran, file } = stage();
  const { runId } = await ran();
  const text = readFileSync(file('state/runs', runId, 'run.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    kind: 'workflow',
    options: {
      model: 'claude-haiku-5-5',
      effort: 'low',
      permissionMode: 'plan',
      allowedTools: ['Read'],
      caps: { costUsd: 2 },
      session: { sessionId: 'session-1', flags: ['--disallowedTools', 'Bash'], unkept: ['--settings'] },
    },
  });
  expect(text).not.toContain('rosebud');
});

describe('from a shell', () => {
  test('it is resumed on the same terms', async () => {
    const { ran, cwd, env, file } = stage();
    const { runId } = await ran({ terms: { ...TERMS, flags: { ...TERMS.flags, unkept: [] } } });
    expect(await runAndwait({ argv: ['resume', runId, '-q'], cwd, env })).toMatchObject({ code: 0 });
    const { records } = readJournal(file('state/runs', runId, 'journal.ndjson'));
    const attempts = records.filter((record) => record.type === 'attempt');
    expect(attempts).toHaveLength(2);
    expect(attempts[1]).toMatchObject({
      options: {
        permissionMode: 'plan',
        session: { sessionId: 'session-1', flags: ['--disallowedTools', 'Bash'], unkept: [] },
      },
    });
  });

  test('it is not, where some of them are not known', async () => {
    const { ran, cwd, env } = stage();
    const { runId } = await ran();
    expect(await runAndwait({ argv: ['resume', runId, '-q'], cwd, env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/a value of --settings that is not kept.*session-1/),
    });
  });
});

describe('refused, and nothing is made', () => {
  test.each<[string, Partial<WorkflowOrder>, RegExp]>([
    ['a script with a fault', { script: { kind: 'text', text: 'let x = ' } }, /workflow\.js:1/],
    [
      'a script that is too long',
      { script: { kind: 'text', text: `${SCRIPT}//${'x'.repeat(600_000)}` } },
      /524,?288/,
    ],
    ['no file', { script: { kind: 'file', file: '/nowhere/x.js' } }, /no workflow script \/nowhere\/x\.js/],
    ['a device', { script: { kind: 'file', file: '/dev/zero' } }, /\/dev\/zero cannot be read/],
    [
      'no saved one',
      { script: { kind: 'name', name: 'nobodys' } },
      /no saved workflow "nobodys"; (none is )?saved here/,
    ],
    ['no run', { resumeFromRunId: '../../etc' }, /"\.\.\/\.\.\/etc" names no run of this session/],
  ])('%s', async (_name, over, message) => {
    const { order, env, cwd } = stage();
    expect(await order(over)).toEqual({ kind: 'refused', message: expect.stringMatching(message) });
    expect((await runAndwait({ argv: ['list', '--output', 'json'], cwd, env })).stdout).not.toContain(
      'runId',
    );
  });

  test('a run of another session, or of no session', async () => {
    const { order, ran, cwd, env, file } = stage();
    const { runId } = await ran();
    const other = { ...TERMS, sessionId: 'session-2' };
    expect(await order({ resumeFromRunId: runId, terms: other })).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('names no run of this session'),
    });
    writeFileSync(file('own.js'), SCRIPT.replace(", { agentType: 'own' }", ''));
    const own = await runAndwait({
      argv: ['run', 'own.js', '--rehearse', '--output', 'json', '-q'],
      cwd,
      env,
    });
    const { runId: ownId } = JSON.parse(own.stdout) as { runId: string };
    expect(await order({ resumeFromRunId: ownId, script: { kind: 'recorded' } })).toMatchObject({
      kind: 'refused',
    });
  });
});

test('an order that was stopped before it began asks no agent', async () => {
  const { order } = stage();
  const stop = new AbortController();
  stop.abort(new Error('over'));
  expect(await order({}, stop.signal)).toMatchObject({
    kind: 'ended',
    result: { status: 'stopped', calls: { total: 0 } },
  });
});

test('a saved workflow of the project', async () => {
  const { ran, file } = stage();
  mkdirSync(file('.claude/workflows'), { recursive: true });
  writeFileSync(file('.claude/workflows/p.js'), SCRIPT);
  const { scriptText, result } = await ran({ script: { kind: 'name', name: 'pair' } });
  expect(scriptText).toBe(SCRIPT);
  expect(result.status).toBe('completed');
});
