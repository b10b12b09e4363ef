/** Whether a folder may travel: what is refused, and which flags the refusal names. */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { travellingStart } from '../../../../../src/agent/worktree/travel/travelling-start.ts';
import type { TreeChoice } from '../../../../../src/core/run.ts';
import { commitAll, GIT_ENV, git, repository } from '../../../../support/git/git-repository.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const start = (cwd: string, choice?: TreeChoice, scratch = temporaryFolder()) =>
  travellingStart({ cwd, env: GIT_ENV }, choice, scratch);

describe('a clean repository', () => {
  test('is its last commit, and the run’s folder in it', async () => {
    const dir = repository();
    const commit = git(dir, 'rev-parse', 'HEAD');
    expect(await start(dir)).toEqual({ kind: 'start', root: dir, commit, prefix: '' });
    expect(await start(path.join(dir, 'sub'))).toEqual({ kind: 'start', root: dir, commit, prefix: 'sub/' });
  });

  test('ignored files change nothing', async () => {
    const dir = repository();
    mkdirSync(path.join(dir, 'build'));
    writeFileSync(path.join(dir, 'build/out'), 'x');
    expect(await start(dir)).toMatchObject({ kind: 'start' });
  });
});

describe('uncommitted changes', () => {
  function changed(): string {
    const dir = repository();
    writeFileSync(path.join(dir, 'a.txt'), 'changed\n');
    writeFileSync(path.join(dir, 'new.txt'), 'new\n');
    return dir;
  }

  test('are nobody’s to decide about: the refusal names the flags', async () => {
    const dir = changed();
    const refused = await start(dir);
    expect(refused).toMatchObject({ kind: 'refused', reason: 'uncommitted-changes' });
    for (const words of ['M a.txt, ?? new.txt', '--tree committed', '--tree as-is', '--tree none']) {
      expect(refused).toHaveProperty('message', expect.stringContaining(words));
    }
  });

  test('of many files, a few are named', async () => {
    const dir = repository();
    for (let n = 0; n < 10; n += 1) writeFileSync(path.join(dir, `n${n}`), '');
    expect(await start(dir)).toHaveProperty('message', expect.stringContaining('?? n2 and 7 more'));
  });

  test('stay behind with `committed`', async () => {
    const dir = changed();
    expect(await start(dir, 'committed')).toMatchObject({ commit: git(dir, 'rev-parse', 'HEAD') });
  });

  test('go along with `as-is`, untracked files too, and nothing of the repository is another', async () => {
    const dir = changed();
    writeFileSync(path.join(dir, 'staged'), 'staged\n');
    git(dir, 'add', 'staged');
    const before = [
      git(dir, 'status', '--porcelain'),
      git(dir, 'rev-parse', 'HEAD'),
      git(dir, 'for-each-ref'),
    ];
    const scratch = temporaryFolder();
    const started = await start(dir, 'as-is', scratch);
    if (started.kind !== 'start') throw new Error(started.kind);
    expect(git(dir, 'diff', '--name-status', 'HEAD', started.commit).split('\n')).toEqual([
      'M\ta.txt',
      'A\tnew.txt',
      'A\tstaged',
    ]);
    expect(git(dir, 'rev-parse', `${started.commit}^`)).toBe(before[1]);
    expect(git(dir, 'show', '-s', '--format=%an', started.commit)).toBe('andwait');
    expect([
      git(dir, 'status', '--porcelain'),
      git(dir, 'rev-parse', 'HEAD'),
      git(dir, 'for-each-ref'),
    ]).toEqual(before);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('`as-is` of a clean repository is its last commit', async () => {
    const dir = repository();
    expect(await start(dir, 'as-is')).toMatchObject({ commit: git(dir, 'rev-parse', 'HEAD') });
  });
});

describe('no commit to start from', () => {
  test('a folder outside of any repository', async () => {
    expect(await start(temporaryFolder())).toMatchObject({
      kind: 'refused',
      reason: 'no-repository',
      message: expect.stringMatching(/git init.*--tree none/),
    });
  });

  test('a repository without one', async () => {
    const dir = temporaryFolder();
    git(dir, 'init', '--quiet');
    expect(await start(dir, 'committed')).toMatchObject({ reason: 'no-commit' });
  });

  test('a bare one', async () => {
    const dir = temporaryFolder();
    git(dir, 'init', '--quiet', '--bare');
    expect(await start(dir)).toMatchObject({ reason: 'no-working-tree' });
  });

  test('a folder that is a link in the last commit', async () => {
    const dir = repository();
    symlinkSync('/etc', path.join(dir, 'linked'));
    commitAll(dir, 'link');
    rmSync(path.join(dir, 'linked'));
    mkdirSync(path.join(dir, 'linked'));
    expect(await start(path.join(dir, 'linked'), 'committed')).toMatchObject({ reason: 'folder-is-link' });
  });

  test('`none` asks for none', async () => {
    const dir = temporaryFolder();
    expect(await start(dir, 'none')).toEqual({ kind: 'no-tree' });
    expect(existsSync(path.join(dir, '.git'))).toBe(false);
  });
});
