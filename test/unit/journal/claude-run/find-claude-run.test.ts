import { cpSync, mkdirSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findClaudeRun, projectSlug } from '../../../../src/journal/claude-run/find-claude-run.ts';
import { type ClaudeProject, claudeProject } from '../../../support/runs/claude-project.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function find(project: ClaudeProject, wanted: string, cwd = project.cwd) {
  return await findClaudeRun({ wanted, cwd, configDir: project.configDir });
}

function second(project: ClaudeProject): string {
  const runId = 'wf_00000000-001';
  cpSync(project.runDir, path.join(project.runDir, '..', runId), { recursive: true });
  return runId;
}

describe('one run', () => {
  test.each<[string, (project: ClaudeProject) => string]>([
    ['its folder', ({ runDir }) => runDir],
    ['its session’s folder', ({ sessionDir }) => sessionDir],
    ['its project’s folder', ({ projectDir }) => projectDir],
    ['the folder it was made in', ({ cwd }) => cwd],
    ['a relative path', () => '.'],
    ['its session', ({ sessionId }) => sessionId],
    ['its id', ({ runId }) => runId],
  ])('%s', async (_what, wantedOf) => {
    const project = claudeProject('cut-off');
    const { runId, sessionId, runDir, sessionDir } = project;
    expect(await find(project, wantedOf(project))).toEqual({
      kind: 'found',
      place: { runId, sessionId, runDir, sessionDir },
    });
  });

  test.each<[string, (project: ClaudeProject) => string]>([
    ['session', ({ sessionId }) => sessionId],
    ['run', ({ runId }) => runId],
  ])('by the id of its %s from anywhere', async (_what, wantedOf) => {
    const project = claudeProject('cut-off');
    expect(await find(project, wantedOf(project), '/')).toMatchObject({ kind: 'found' });
  });

  test('through a link that the user named, or made of the whole store', async () => {
    const project = claudeProject('cut-off');
    const link = path.join(project.home, 'link');
    symlinkSync(project.sessionDir, link);
    expect(await find(project, link)).toMatchObject({ place: { runDir: project.runDir } });
    const store = path.join(realpathSync(temporaryFolder()), 'store');
    renameSync(path.join(project.configDir, 'projects'), store);
    symlinkSync(store, path.join(project.configDir, 'projects'));
    expect(await find(project, project.runId)).toMatchObject({ kind: 'found' });
  });
});

test('a folder beside it that is closed to us is passed over', async () => {
  const project = claudeProject('cut-off');
  const closed = path.join(project.projectDir, 'closed', 'subagents');
  mkdirSync(closed, { recursive: true });
  // Root may read everything; nobody may read a loop.
  symlinkSync('workflows', path.join(closed, 'workflows'));
  expect(await find(project, project.projectDir)).toMatchObject({ kind: 'found' });
});

describe('no run', () => {
  test.each<[string, RegExp]>([
    ['wf_12345678-abc', /run wf_12345678-abc holds no workflow run/],
    ['00000000-0000-0000-0000-000000000000', /session 0{8}-.* holds no workflow run/],
    ['nonsense', /"nonsense": there is no such folder, and it is no id/],
    ['../../../etc/passwd\u001b[31m', /no such folder/],
  ])('%j', async (wanted, expected) => {
    expect(await find(claudeProject('cut-off'), wanted)).toMatchObject({
      kind: 'problem',
      reason: 'not-found',
      message: expect.stringMatching(expected),
    });
  });

  test('a session that is a link out of the store', async () => {
    const project = claudeProject('cut-off');
    const elsewhere = path.join(project.home, 'elsewhere');
    renameSync(project.sessionDir, elsewhere);
    symlinkSync(elsewhere, project.sessionDir);
    expect(await find(project, project.runId)).toMatchObject({ reason: 'not-found' });
  });

  test('without a store', async () => {
    const found = await findClaudeRun({ wanted: 'wf_12345678-abc', cwd: '/', configDir: undefined });
    expect(found).toMatchObject({ reason: 'not-found' });
  });
});

describe('several runs', () => {
  test('a session of two: both are named, for the user to choose', async () => {
    const project = claudeProject('cut-off');
    const other = second(project);
    const found = await find(project, project.sessionId);
    expect(found).toMatchObject({ kind: 'problem', reason: 'several' });
    const { message } = found as { message: string };
    expect(message).toContain('means 2 runs');
    expect(message).toContain(project.runDir);
    expect(message).toContain(other);
    expect(await find(project, other)).toMatchObject({ place: { runId: other } });
  });

  test('the same id in two projects: this folder’s is meant', async () => {
    const project = claudeProject('cut-off');
    const copy = path.join(project.configDir, 'projects', '-another');
    mkdirSync(copy);
    cpSync(project.projectDir, copy, { recursive: true });
    expect(await find(project, project.runId)).toMatchObject({ place: { runDir: project.runDir } });
    expect(await find(project, project.runId, '/')).toMatchObject({ reason: 'several' });
  });
});

test('the slug of a folder', () => {
  expect(projectSlug('/home/user/My project_é.1')).toBe('-home-user-My-project---1');
});
