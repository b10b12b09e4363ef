/** What goes out: history where it fits, files alone where not, the name of a remote where those are too much, too. */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedUrl } from '../../../../../src/agent/worktree/travel/remote-holding.ts';
import { sendTree } from '../../../../../src/agent/worktree/travel/send-tree.ts';
import { commitAll, GIT_ENV, git, repository } from '../../../../support/git/git-repository.ts';
import { sent } from '../../../../support/git/travelling-trees.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const KIB = 1024;

function grown(dir: string, kib: number, file = 'large'): string {
  writeFileSync(path.join(dir, file), randomBytes(kib * KIB));
  return commitAll(dir, `${kib} KiB`);
}

describe('by itself', () => {
  test('with all of its history', async () => {
    const dir = repository();
    const commit = grown(dir, 1);
    const { tree, file = '', notes } = await sent(dir, 'sub/');
    expect(tree).toEqual({
      commit,
      prefix: 'sub/',
      source: { kind: 'pack', history: 'whole', sha256: expect.any(String), bytes: statSync(file).size },
    });
    expect(notes).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('without, and saying so, where only the files fit', async () => {
    const dir = repository();
    grown(dir, 20);
    grown(dir, 5);
    const { tree, notes } = await sent(dir, '', 10 * KIB);
    expect(tree.source).toMatchObject({ kind: 'pack', history: 'none' });
    expect(notes).toEqual([expect.stringContaining('not the history')]);
  });

  test('without, where there is none: a shallow clone', async () => {
    const dir = repository();
    grown(dir, 1);
    const clone = path.join(temporaryFolder(), 'clone');
    git('/', 'clone', '--quiet', '--depth=1', `file://${dir}`, clone);
    expect((await sent(clone)).tree.source).toMatchObject({ history: 'none' });
  });

  describe('broken in git’s eyes', () => {
    const MODULES = '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n';
    function broken() {
      const dir = repository();
      writeFileSync(path.join(dir, '.gitmodules'), MODULES);
      return { dir, commit: commitAll(dir, 'bad') };
    }

    test('in its history: the files go without', async () => {
      const { dir } = broken();
      rmSync(path.join(dir, '.gitmodules'));
      commitAll(dir, 'mended');
      const { tree, notes, file = '' } = await sent(dir);
      expect(tree.source).toMatchObject({ kind: 'pack', history: 'none' });
      expect(notes).toEqual([expect.stringContaining('broken')]);
      expect(existsSync(`${file}.check`)).toBe(false);
    });

    test('in its files: no host would take them, so nothing begins', async () => {
      const { dir, commit } = broken();
      const file = path.join(temporaryFolder(), 'tree.pack');
      const wish = { commit, prefix: '', file, maxBytes: 1024 * KIB };
      expect(await sendTree({ cwd: dir, env: GIT_ENV }, wish)).toEqual({
        kind: 'refused',
        reason: 'git-failed',
        message: expect.stringMatching(/gitmodulesUrl.*mend and commit them, or .*--tree none/s),
      });
    });
  });

  test('replacements that only this repository knows stay at home', async () => {
    const dir = repository();
    const other = grown(dir, 1);
    const commit = grown(dir, 2);
    git(dir, 'replace', commit, other);
    expect((await sent(dir)).tree.commit).toBe(commit);
    git(dir, 'replace', '-d', commit);
    const plain = await sent(dir);
    git(dir, 'replace', commit, other);
    expect((await sent(dir)).tree.source).toEqual(plain.tree.source);
  });
});

describe('by a remote', () => {
  const URL = 'https://git.example.com/team/project.git';

  /** Known to git alone: what is `URL` for everybody is a folder here. */
  function withRemote(url = URL) {
    const dir = repository();
    const upstream = path.join(temporaryFolder(), 'upstream.git');
    git('/', 'clone', '--quiet', '--bare', dir, upstream);
    git(dir, 'remote', 'add', 'origin', url);
    git(dir, 'config', `url.file://${upstream}.insteadOf`, url);
    const send = async () => {
      const file = path.join(temporaryFolder(), 'tree.pack');
      const commit = git(dir, 'rev-parse', 'HEAD');
      const sending = await sendTree(
        { cwd: dir, env: GIT_ENV },
        { commit, prefix: '', file, maxBytes: 10 * KIB },
      );
      expect(existsSync(file)).toBe(false);
      return sending;
    };
    return { dir, upstream, send };
  }

  test('that has the commit as a branch', async () => {
    const { dir, send } = withRemote();
    const commit = grown(dir, 20);
    git(dir, 'push', '--quiet', 'origin', 'main');
    expect(await send()).toMatchObject({
      kind: 'ready',
      tree: { commit, source: { kind: 'remote', url: URL } },
      file: undefined,
      notes: [expect.stringContaining('not the history')],
    });
  });

  test('that has it below a branch', async () => {
    const { dir, send } = withRemote();
    const commit = grown(dir, 20);
    grown(dir, 1);
    git(dir, 'push', '--quiet', 'origin', 'main');
    git(dir, 'fetch', '--quiet');
    git(dir, 'reset', '--quiet', '--hard', commit);
    expect(await send()).toMatchObject({ kind: 'ready', notes: [expect.any(String)] });
  });

  test('that had it at the last fetch: with a doubt', async () => {
    const { dir, upstream, send } = withRemote();
    const first = git(dir, 'rev-parse', 'HEAD');
    grown(dir, 20);
    git(dir, 'push', '--quiet', 'origin', 'main');
    git(upstream, 'update-ref', 'refs/heads/main', first);
    expect(await send()).toMatchObject({
      kind: 'ready',
      notes: [expect.any(String), expect.stringContaining('had it at the last fetch')],
    });
  });

  test('that cannot be asked: with a doubt', async () => {
    const { dir, upstream, send } = withRemote();
    grown(dir, 20);
    git(dir, 'config', `url.file://${upstream}-gone.insteadOf`, URL);
    git(dir, 'config', '--unset', `url.file://${upstream}.insteadOf`);
    expect(await send()).toMatchObject({
      kind: 'ready',
      notes: [expect.any(String), expect.stringContaining('could not be asked')],
    });
  });

  test('not by one that does not have it', async () => {
    const { dir, send } = withRemote();
    grown(dir, 20);
    expect(await send()).toMatchObject({
      kind: 'refused',
      reason: 'too-large',
      message: expect.stringMatching(/origin \(https:.*\) does not have it.*push the commit.*--tree none/),
    });
  });

  test('nor by a folder, which is on this host alone', async () => {
    const { dir, upstream, send } = withRemote();
    grown(dir, 20);
    git(dir, 'remote', 'set-url', 'origin', upstream);
    git(dir, 'push', '--quiet', 'origin', 'main');
    expect(await send()).toMatchObject({
      message: expect.stringContaining('nothing that another host can reach'),
    });
  });

  test('nor by none', async () => {
    const { dir, send } = withRemote();
    grown(dir, 20);
    git(dir, 'remote', 'remove', 'origin');
    expect(await send()).toMatchObject({ message: expect.stringContaining('it has no remote') });
  });

  test('its credentials stay here', async () => {
    const secret = 'https://me:s3cret@git.example.com/team/project.git?token=s3cret';
    const { dir, send } = withRemote(secret);
    grown(dir, 20);
    git(dir, 'push', '--quiet', 'origin', 'main');
    const sending = await send();
    expect(sending).toMatchObject({ tree: { source: { url: URL } } });
    expect(JSON.stringify(sending)).not.toMatch(/s3cret|me:/);
  });
});

test.each([
  ['https://token@example.com/a', 'https://example.com/a'],
  ['https://a:b@example.com/a#c', 'https://example.com/a'],
  ['ssh://git:b@example.com/a', 'ssh://git@example.com/a'],
  ['git@example.com:a', 'git@example.com:a'],
  ['http://example.com/a', undefined],
  ['/srv/a', undefined],
  ['ext::sh -c x', undefined],
])('%s is shared as %s', (url, shared) => {
  expect(sharedUrl(url)).toBe(shared);
});
