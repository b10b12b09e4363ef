/** Runs that the real engine left behind, recorded once: what had finished there is not run again here. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/core/run.ts';
import { runAndwait } from '../support/programs/run-in-process.ts';
import { type ClaudeProject, claudeProject, type RecordedRunName } from '../support/runs/claude-project.ts';

const RECORDING_CLAUDE = path.resolve(import.meta.dirname, '../fixtures/agents/recording-claude.mjs');

function setUp(name: RecordedRunName) {
  const project = claudeProject(name);
  const { home, cwd } = project;
  const bin = path.join(home, 'bin');
  mkdirSync(bin);
  const program = `#!/bin/sh\nexec '${process.execPath}' '${RECORDING_CLAUDE}' "$@"\n`;
  writeFileSync(path.join(bin, 'claude'), program, { mode: 0o755 });
  const ranLog = path.join(home, 'ran.log');
  writeFileSync(ranLog, '');
  const state = path.join(home, 'state');
  const env = { PATH: `${bin}:/usr/bin:/bin`, RAN_LOG: ranLog, ANDWAIT_HOME: state };
  return {
    ...project,
    andwait: (...argv: string[]) => runAndwait({ argv, cwd, env, homeDir: home }),
    rescue: async (...options: string[]) => {
      const argv = ['resume', '--from-claude', project.runId, '--output', 'json', ...options];
      const { code, stdout, stderr } = await runAndwait({ argv, cwd, env, homeDir: home });
      return { code, stderr, result: (stdout === '' ? undefined : JSON.parse(stdout)) as RunResult };
    },
    /** Prompts of the agents that ran here, sorted: two of them run at once. */
    ran: () => jsonLines(ranLog).sort(),
    runIds: () => (existsSync(path.join(state, 'runs')) ? readdirSync(path.join(state, 'runs')) : []),
  };
}

function jsonLines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as string);
}

/** What the real engine returned. */
function recordedResult({ sessionDir, runId }: ClaudeProject): unknown {
  const file = path.join(sessionDir, 'workflows', `${runId}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { result: unknown }).result;
}

describe('a fan-out that SIGKILL cut', () => {
  const SUM =
    'sum up ["echo: item 0\\n  of x","echo: item 1\\n  of x",{"n":2},"echo: item 3\\n  of x","answer to SLEEP:600000 item 4","echo: item 5\\n  of x","answer to SLEEP:600000 item 6","answer to item 7\\n  of x"]';
  const MISSING = ['SLEEP:600000 item 4', 'SLEEP:600000 item 6', 'item 7\n  of x', SUM];

  test('exactly the missing agents run, and then nothing is left to do', async () => {
    const { rescue, andwait, ran, runIds } = setUp('cut-off');
    const { code, stderr, result } = await rescue();
    expect(ran()).toEqual(MISSING);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      status: 'completed',
      result: `answer to ${SUM}`,
      calls: { done: 4, replayed: 5, failed: 0 },
      attempts: [{ status: null }, { status: 'completed' }],
    });
    expect(stderr).toContain('5 of 7 agents had finished');
    const [runId = ''] = runIds();
    const again = await andwait('resume', runId, '-q');
    expect(again).toMatchObject({ code: 0, stdout: `answer to ${SUM}\n` });
    expect(ran()).toEqual(MISSING);
  });

  test('its agents are told by `logs`, those of before among them', async () => {
    const { rescue, andwait, runIds } = setUp('cut-off');
    await rescue('-q');
    const [runId = ''] = runIds();
    const { stdout } = await andwait('logs', runId);
    expect(stdout).toMatch(/1 {2}read 0 +Read +reply/);
    expect(stdout).toMatch(/5 {2}read 4 +Read +unfinished/);
    expect((await andwait('logs', runId, '1')).stdout).toMatch(/prompt +item 0[\s\S]*text +echo: item 0/);
  });

  test('rescued a second time it would pay again for what ran since: refused, with what goes on', async () => {
    const { rescue, ran, runIds } = setUp('cut-off');
    await rescue('-q');
    const second = await rescue('-q');
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`andwait resume ${runIds()[0]} goes on with it`);
    expect(ran()).toEqual(MISSING);
    expect(runIds()).toHaveLength(1);
  });

  test('a rehearsal of it takes nothing from it and stands in nobody’s way', async () => {
    const { rescue, ran } = setUp('cut-off');
    const rehearsed = await rescue('--rehearse', '-q');
    expect(rehearsed.result.calls).toMatchObject({ replayed: 0, done: 9 });
    expect(ran()).toEqual([]);
    await rescue('-q');
    expect(ran()).toEqual(MISSING);
  });

  test('--dry-run says what could be reused, and makes nothing', async () => {
    const { runId, andwait, ran, runIds } = setUp('cut-off');
    const { code, stdout } = await andwait('resume', '--from-claude', runId, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reuse {2}#1 read 0 \(done\)$/m);
    expect(stdout).toMatch(/^run {4}#5 read 4 \(never settled\)$/m);
    expect(stdout).toContain('5 of 7 recorded calls can be reused');
    expect(ran()).toEqual([]);
    expect(runIds()).toEqual([]);
  });

  test.each([
    ['--reuse none runs all', ['--reuse', 'none'], 9],
    ['--reuse prefix stops at the first that is new', ['--reuse', 'prefix'], 5],
    ['other args ask for other things', ['--args', '{"count":8,"topic":"y"}'], 8],
  ])('%s', async (_title, options, expected) => {
    const { rescue, ran } = setUp('cut-off');
    await rescue('-q', ...options);
    expect(ran()).toHaveLength(expected);
  });

  test('a value is taken only if it is one of the schema the script has now', async () => {
    const { rescue, ran, home, sessionDir, runId } = setUp('cut-off');
    const script = readFileSync(path.join(sessionDir, `workflows/scripts/cut-${runId}.js`), 'utf8');
    const edited = path.join(home, 'edited.js');
    writeFileSync(edited, script.replace("{ type: 'number' }", "{ type: 'number', minimum: 5 }"));
    const { result } = await rescue('-q', '--script', edited);
    expect(ran()).toContain('JSON:{"n":2} item 2');
    expect(result.calls).toMatchObject({ replayed: 4, done: 5 });
  });

  test('a run whose session still lives is left alone', async () => {
    const { rescue, configDir, sessionId, runIds } = setUp('cut-off');
    const notes = path.join(configDir, 'sessions');
    mkdirSync(notes);
    writeFileSync(path.join(notes, '1.json'), JSON.stringify({ pid: process.pid, sessionId }));
    const { code, stderr } = await rescue();
    expect(code).toBe(2);
    expect(stderr).toContain(`still at work in process ${process.pid}`);
    expect(runIds()).toEqual([]);
  });
});

describe('runs that the real engine ended', () => {
  test.each(['finished', 'resumed', 'odd-prompts'] as const)(
    '%s: nothing runs, and it returns the same',
    async (name) => {
      const project = setUp(name);
      const { code, result } = await project.rescue();
      expect(project.ran()).toEqual([]);
      expect(code).toBe(0);
      expect(result.result).toEqual(recordedResult(project));
    },
  );

  test('agents of a child workflow are found again', async () => {
    const project = setUp('child');
    const saved = path.join(project.cwd, '.claude/workflows');
    mkdirSync(saved, { recursive: true });
    writeFileSync(
      path.join(saved, 'child-flow.js'),
      "export const meta = { name: 'child-flow', description: 'a child' }\nreturn { x: await agent('ECHO:from the child ' + args.n) }\n",
    );
    const { result } = await project.rescue();
    expect(project.ran()).toEqual([]);
    expect(result.result).toEqual(recordedResult(project));
  });

  test('of a failed one the failed agents run again, alone', async () => {
    const { rescue, ran } = setUp('failed');
    const { code, result } = await rescue();
    expect(ran()).toEqual(['FAIL:400 bad request', 'JSON:{"m":2}']);
    expect(code).toBe(1);
    expect(result).toMatchObject({
      status: 'failed',
      error: { name: 'TypeError', message: 'on purpose' },
      calls: { replayed: 5, done: 2 },
      attempts: [{ status: 'failed' }, { status: 'failed' }],
    });
  });
});

describe('what is missing is asked for before anything is made', () => {
  test.each<[string, (project: ClaudeProject) => string, RegExp]>([
    ['args', ({ sessionDir }) => `${sessionDir}.jsonl`, /does not tell the args .* say them with --args/],
    [
      'script',
      ({ sessionDir, runId }) => path.join(sessionDir, `workflows/scripts/cut-${runId}.js`),
      /the script of run wf_\S+ is gone .* give it with --script/,
    ],
  ])('%s', async (_what, fileOf, expected) => {
    const project = setUp('cut-off');
    const file = fileOf(project);
    rmSync(file);
    const { code, stderr } = await project.rescue();
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
    expect(project.runIds()).toEqual([]);
  });

  test('the folder', async () => {
    const project = setUp('cut-off');
    const moved = path.join(project.home, 'moved');
    renameSync(project.cwd, moved);
    const argv = ['resume', '--from-claude', project.runDir, '-q', '--output', 'json'];
    const from = { cwd: moved, homeDir: project.home };
    const env = {
      PATH: `${project.home}/bin:/usr/bin:/bin`,
      ANDWAIT_HOME: `${project.home}/state`,
      RAN_LOG: `${project.home}/ran.log`,
    };
    const refused = await runAndwait({ argv, env, ...from });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('name another with --cwd') });
    expect((await runAndwait({ argv: [...argv, '--cwd', '.'], env, ...from })).code).toBe(0);
  });

  test.each([
    [['--last'], /both --last and --from-claude/],
    [['20260101'], /both "20260101" and --from-claude/],
  ])('and one run is named: %j', async (more, expected) => {
    const { rescue } = setUp('cut-off');
    const { code, stderr } = await rescue(...more);
    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
  });
});
