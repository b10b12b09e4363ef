import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClaudeCall, ClaudeRun } from '../../../../src/journal/claude-run/claude-run.ts';
import { readClaudeRun } from '../../../../src/journal/claude-run/read-claude-run.ts';
import { type ClaudeProject, claudeProject } from '../../../support/runs/claude-project.ts';

const NO_PROCESS = () => {
  throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
};

async function runOf({ runId, sessionId, runDir, sessionDir }: ClaudeProject): Promise<ClaudeRun> {
  const read = await readClaudeRun({ runId, sessionId, runDir, sessionDir }, NO_PROCESS);
  if (read.kind === 'problem') throw new Error(read.message);
  return read.run;
}

async function problemOf({ runId, sessionId, runDir, sessionDir }: ClaudeProject) {
  return await readClaudeRun({ runId, sessionId, runDir, sessionDir }, NO_PROCESS);
}

function ends({ calls }: ClaudeRun): [string | undefined, string][] {
  return calls.map(({ label, end }) => [label, end.kind]);
}

function callOf({ calls }: ClaudeRun, label: string): ClaudeCall | undefined {
  return calls.find((call) => call.label === label);
}

function journalOf({ runDir }: ClaudeProject): string {
  return path.join(runDir, 'journal.jsonl');
}

describe('recorded runs', () => {
  test('one that SIGKILL cut', async () => {
    const project = claudeProject('cut-off');
    const run = await runOf(project);
    expect(run).toMatchObject({
      args: { value: { count: 8, topic: 'x' } },
      cwd: project.cwd,
      version: '2.1.330',
      end: undefined,
      pid: undefined,
      notices: [],
    });
    expect(ends(run)).toEqual([
      ['read 0', 'text'],
      ['read 1', 'text'],
      ['two', 'structured'],
      ['read 3', 'text'],
      ['read 4', 'unfinished'],
      ['read 5', 'text'],
      ['read 6', 'unfinished'],
    ]);
    expect(callOf(run, 'two')).toMatchObject({
      phase: 'Read',
      agentType: null,
      model: 'claude-opus-5-5',
      transcript: {
        prompt: 'JSON:{"n":2} item 2',
        turns: 1,
        usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 0, cacheCreationTokens: 0 },
      },
      end: { kind: 'structured', value: { n: 2 } },
    });
    expect(Buffer.from(run.script?.bytes ?? []).toString()).toMatch(/^export const meta = \{ name: 'cut'/);
  });

  test('one that failed: why its agents did, what they were asked for and where they worked', async () => {
    const project = claudeProject('failed');
    const run = await runOf(project);
    expect(run.end).toMatchObject({ status: 'failed' });
    expect(callOf(run, 'FAIL:400 bad request')?.end).toEqual({
      kind: 'failed',
      message: 'API Error: 400 made to fail with 400',
      apiStatus: 400,
    });
    expect(callOf(run, 'never')).toMatchObject({
      end: { kind: 'failed', message: expect.stringContaining('retry cap (5) exceeded') },
      transcript: { turns: 5, usage: { outputTokens: 100 } },
    });
    expect(callOf(run, 'ECHO:explore')).toMatchObject({ agentType: 'Explore', isolation: undefined });
    expect(callOf(run, 'ECHO:worktree')).toMatchObject({
      isolation: 'worktree',
      transcript: { prompt: 'ECHO:worktree' },
    });
    expect(run.cwd).toBe(project.cwd);
  });

  test('one that the engine went on with, with other args: the last ones hold', async () => {
    const project = claudeProject('resumed');
    const session = `${project.sessionDir}.jsonl`;
    const text = readFileSync(session, 'utf8');
    const last = text.lastIndexOf('"topic":"x"');
    writeFileSync(session, `${text.slice(0, last)}"topic":"z"${text.slice(last + '"topic":"x"'.length)}`);
    expect((await runOf(project)).args).toEqual({ value: { count: 8, topic: 'z' } });
  });

  test('one that the engine went on with: a call it ran again is one call', async () => {
    const run = await runOf(claudeProject('resumed'));
    expect(run.calls.filter(({ label }) => label === 'read 5')).toHaveLength(1);
    expect(run.end?.status).toBe('completed');
  });

  test('agents of a child workflow', async () => {
    const run = await runOf(claudeProject('child'));
    expect(run.args).toEqual({ value: 'plain text' });
    expect(run.calls.map(({ phase, workflow }) => [phase, workflow])).toEqual([
      ['Own', undefined],
      [undefined, 'child-flow'],
    ]);
  });

  test('prompts as they were, but for their line breaks', async () => {
    const { calls } = await runOf(claudeProject('odd-prompts'));
    expect(calls.map(({ transcript }) => transcript.prompt)).toEqual([
      'a\nb',
      'a\nb',
      'a\nb\nc\nd\ne\nf',
      'esc\u001b[31m nul\u0000 bell\u0007',
      '',
      '   ',
      'sur\ud800x',
      '42',
      '[object]',
      '/help',
      '  two\n    four\n\n',
      '\n\nlead',
      'x'.repeat(100),
      'tab\tx',
      'The computed task text follows:\n  forged',
    ]);
  });
});

describe('what is damaged is left out, and told', () => {
  test('a torn last line', async () => {
    const project = claudeProject('cut-off');
    const whole = readFileSync(journalOf(project));
    truncateSync(journalOf(project), whole.length - 20);
    const run = await runOf(project);
    expect(run.calls).toHaveLength(6);
    expect(run.notices).toEqual([expect.stringMatching(/journal\.jsonl: lines left out, .*: 1$/)]);
  });

  test('lines that are no JSON, of a new type, or without an id', async () => {
    const project = claudeProject('cut-off');
    const before = ends(await runOf(project));
    appendFileSync(
      journalOf(project),
      'garbage\n{"type":"paused","agentId":"a1"}\n{"type":"result","result":"x"}\n[]\n\n',
    );
    const run = await runOf(project);
    expect(ends(run)).toEqual(before);
    expect(run.notices).toEqual([expect.stringMatching(/lines left out, .*: 2$/)]);
  });

  test('an id that would lead out of the folder', async () => {
    const project = claudeProject('cut-off');
    appendFileSync(
      journalOf(project),
      '{"type":"result","key":"k","agentId":"../../../../../../etc/passwd","result":"x"}\n',
    );
    expect((await runOf(project)).calls).toHaveLength(7);
  });

  test('a result of no known form is a failure', async () => {
    const project = claudeProject('cut-off');
    appendFileSync(
      journalOf(project),
      '{"type":"result","key":"k","agentId":"a1","label":"odd","result":null}\n',
    );
    expect(callOf(await runOf(project), 'odd')?.end).toMatchObject({
      kind: 'failed',
      message: 'its result is neither text nor an object: null',
    });
  });

  test('a good result outlives a later failure of the same call', async () => {
    const project = claudeProject('cut-off');
    const first = readFileSync(journalOf(project), 'utf8')
      .split('\n')
      .find((line) => line.includes('"result"'));
    const { key, agentId } = JSON.parse(first ?? '') as { key: string; agentId: string };
    appendFileSync(journalOf(project), `${JSON.stringify({ type: 'failed', key, agentId })}\n`);
    expect(callOf(await runOf(project), 'read 0')?.end.kind).toBe('text');
  });

  test('a transcript that is gone: its agent cannot be recognised', async () => {
    const project = claudeProject('cut-off');
    const { agentId = '' } = callOf(await runOf(project), 'read 0') ?? {};
    rmSync(path.join(project.runDir, `agent-${agentId}.jsonl`));
    const run = await runOf(project);
    expect(callOf(run, 'read 0')?.transcript.prompt).toBeUndefined();
    expect(run.notices).toEqual([
      expect.stringMatching(/^finished agents whose prompt no transcript tells, .*: 1$/),
    ]);
  });

  test('without session and closing record args and end are not told; the folder is, by the agents', async () => {
    const project = claudeProject('finished');
    rmSync(`${project.sessionDir}.jsonl`);
    rmSync(path.join(project.sessionDir, 'workflows', `${project.runId}.json`));
    expect(await runOf(project)).toMatchObject({ args: undefined, end: undefined, cwd: project.cwd });
  });

  test('without its file the script is the one of the closing record', async () => {
    const project = claudeProject('finished');
    const before = await runOf(project);
    rmSync(path.join(project.sessionDir, 'workflows/scripts'), { recursive: true });
    const after = await runOf(project);
    expect(Buffer.from(after.script?.bytes ?? []).toString()).toBe(
      Buffer.from(before.script?.bytes ?? []).toString(),
    );
  });

  test('an end that was before its last agents is none', async () => {
    const project = claudeProject('resumed');
    const file = path.join(project.sessionDir, 'workflows', `${project.runId}.json`);
    const record = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...record, timestamp: '2026-11-22T16:43:00.000Z' }));
    expect((await runOf(project)).end).toBeUndefined();
  });
});

describe('hostile folders', () => {
  function replaced(project: ClaudeProject, name: string, how: (file: string, moved: string) => void): void {
    const file = path.join(project.runDir, name);
    const moved = path.join(project.home, 'elsewhere');
    renameSync(file, moved);
    how(file, moved);
  }

  test('links are not followed', async () => {
    const project = claudeProject('cut-off');
    replaced(project, 'journal.jsonl', (file, moved) => symlinkSync(moved, file));
    expect(await problemOf(project)).toMatchObject({
      reason: 'unreadable',
      message: expect.stringMatching(/journal\.jsonl is a symbolic link/),
    });
  });

  test('a FIFO does not hold the reader up', async () => {
    const project = claudeProject('cut-off');
    replaced(project, 'journal.jsonl', (file) => execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', file]));
    expect(await problemOf(project)).toMatchObject({
      reason: 'unreadable',
      message: expect.stringMatching(/is no regular file/),
    });
  });

  test('a line without an end is left out', async () => {
    const project = claudeProject('cut-off');
    const huge = Buffer.from(
      `{"type":"result","key":"k","agentId":"a1","result":"${'x'.repeat(65 * 1024 * 1024)}"}\n`,
    );
    writeFileSync(journalOf(project), Buffer.concat([huge, readFileSync(journalOf(project))]));
    const run = await runOf(project);
    expect(run.calls).toHaveLength(7);
    expect(run.notices).toEqual([expect.stringMatching(/lines left out, .*: 1$/)]);
  });

  test('names and versions that would command a terminal are not told', async () => {
    const project = claudeProject('cut-off');
    const scripts = path.join(project.sessionDir, 'workflows/scripts');
    writeFileSync(path.join(scripts, `\u001b[31m-${project.runId}.js`), 'export const meta = 1');
    const session = `${project.sessionDir}.jsonl`;
    writeFileSync(session, readFileSync(session, 'utf8').replaceAll('"2.1.330"', '"\\u001b[31m"'));
    const run = await runOf(project);
    expect(path.basename(run.script?.file ?? '')).toBe(`cut-${project.runId}.js`);
    expect(run.version).toBe('2.1.330');
  });

  test('fields of other types are not told', async () => {
    const project = claudeProject('cut-off');
    const { agentId = '' } = callOf(await runOf(project), 'read 0') ?? {};
    writeFileSync(
      path.join(project.runDir, `agent-${agentId}.meta.json`),
      '{"model":7,"agentType":[],"__proto__":{}}',
    );
    writeFileSync(
      path.join(project.runDir, `agent-${agentId}.jsonl`),
      '{"type":"user","timestamp":{},"message":{"content":[{"type":"text","text":1},null,"x"]}}\n{"type":"assistant","message":{"usage":{"output_tokens":-5}}}\n',
    );
    expect(callOf(await runOf(project), 'read 0')).toMatchObject({
      model: undefined,
      agentType: undefined,
      transcript: { prompt: '', usage: { outputTokens: 0 }, firstAt: undefined },
    });
  });
});
