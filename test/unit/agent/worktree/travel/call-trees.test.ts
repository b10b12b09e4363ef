/** A tree for each call: what the agent finds there, and that nothing that travelled is run. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CallTrees } from '../../../../../src/agent/worktree/travel/call-trees.ts';
import { commitAll, git, repository } from '../../../../support/git/git-repository.ts';
import { sent, sharedTree, WorkerHost } from '../../../../support/git/travelling-trees.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const shared = sharedTree();
const UID = process.getuid?.() ?? 0;

describe('what the agent finds', () => {
  test('the files, the branch of its call, and the history', async () => {
    const dir = repository();
    writeFileSync(path.join(dir, 'a.txt'), 'two\n');
    const commit = commitAll(dir, 'second');
    const { root, cwd, branch } = await new WorkerHost().callTree(await sent(dir), 7);
    expect(cwd).toBe(root);
    expect(branch).toBe('andwait/r-1/7');
    expect(readFileSync(path.join(cwd, 'a.txt'), 'utf8')).toBe('two\n');
    expect(git(cwd, 'branch', '--show-current')).toBe('andwait/r-1/7');
    expect(git(cwd, 'status', '--porcelain')).toBe('');
    expect(git(cwd, 'log', '--format=%s')).toBe('second\nfirst');
    expect(git(cwd, 'rev-parse', 'HEAD')).toBe(commit);
    expect(git(cwd, 'remote')).toBe('');
  });

  test('a repository that is sound, and that it can commit to', async () => {
    const { from, hostDir } = await shared();
    const { cwd } = await new WorkerHost({ dir: hostDir }).callTree(from);
    expect(git(cwd, 'fsck', '--strict')).toBe('');
    writeFileSync(path.join(cwd, 'new'), 'x');
    commitAll(cwd, 'mine');
    expect(git(cwd, 'log', '--format=%s')).toBe('mine\nfirst');
  });

  test('one commit and no sign of missing ones, where the history was too large', async () => {
    const dir = repository();
    writeFileSync(path.join(dir, 'large'), randomBytes(30_000));
    commitAll(dir, 'large');
    git(dir, 'rm', '--quiet', 'large');
    git(dir, 'commit', '--quiet', '-m', 'small');
    const { cwd } = await new WorkerHost().callTree(await sent(dir, '', 20_000));
    expect(git(cwd, 'log', '--format=%s')).toBe('small');
    expect(git(cwd, 'fsck', '--strict')).toBe('');
  });

  test('the run’s folder, also one that no commit knows', async () => {
    const { from, hostDir } = await shared();
    const host = new WorkerHost({ dir: hostDir });
    const at = (prefix: string) => host.callTree({ ...from, tree: { ...from.tree, prefix } });
    expect((await at('sub/')).cwd).toMatch(/tree\/sub$/);
    const { cwd } = await at('fresh/deep/');
    expect(existsSync(cwd)).toBe(true);
  });

  test('never where a link leads', async () => {
    const dir = repository();
    symlinkSync(temporaryFolder(), path.join(dir, 'linked'));
    commitAll(dir, 'link');
    const host = new WorkerHost();
    await expect(host.callTree(await sent(dir, 'linked/deep/'))).rejects.toThrow('linked is no folder');
    await expect(host.callTree(await sent(dir, 'a.txt/'))).rejects.toThrow('a.txt is no folder');
    expect(readdirSync(path.join(host.treesDir, readdirSync(host.treesDir)[0] ?? ''))).toEqual([]);
  });

  test('nothing of another call', async () => {
    const { from, hostDir } = await shared();
    const host = new WorkerHost({ dir: hostDir });
    const trees = await Promise.all(Array.from({ length: 8 }, (_, n) => host.callTree(from, n + 1)));
    const [one, other] = trees;
    if (one === undefined || other === undefined) throw new Error('no trees');
    writeFileSync(path.join(one.cwd, 'mine'), 'x');
    commitAll(one.cwd, 'mine');
    git(one.cwd, 'config', 'core.hooksPath', 'evil');
    git(one.cwd, 'branch', 'side');
    expect(git(other.cwd, 'branch', '--format=%(refname:short)')).toBe(other.branch);
    expect(git(other.cwd, 'config', '--local', '--list')).not.toContain('evil');
    await host.trees.remove(one);
    expect(git(other.cwd, 'fsck')).toBe('');
  });

  test('twice for one call, it is two', async () => {
    const { from, hostDir } = await shared();
    const host = new WorkerHost({ dir: hostDir });
    const [one, other] = [await host.callTree(from, 3), await host.callTree(from, 3)];
    expect(one.root).not.toBe(other.root);
    expect(one.branch).toBe(other.branch);
  });
});

test('nothing that travelled is run: no hook, no filter, though the worker’s user has some', async () => {
  const dir = repository();
  const home = temporaryFolder();
  const ran = path.join(home, 'ran');
  const program = path.join(home, 'program');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${ran}\ncat\n`);
  chmodSync(program, 0o755);
  mkdirSync(path.join(home, 'hooks'));
  mkdirSync(path.join(home, 'template/hooks'), { recursive: true });
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
    symlinkSync(program, path.join(home, 'hooks', hook));
    symlinkSync(program, path.join(home, 'template/hooks', hook));
  }
  writeFileSync(
    path.join(home, '.gitconfig'),
    [
      `[filter "evil"]\n\tsmudge = ${program}\n\tclean = ${program}\n\trequired = true`,
      `[core]\n\thooksPath = ${home}/hooks\n\tfsmonitor = ${program}`,
      `[init]\n\ttemplateDir = ${home}/template\n`,
    ].join('\n'),
  );
  writeFileSync(path.join(dir, '.gitattributes'), '*.txt filter=evil\n');
  writeFileSync(
    path.join(dir, '.gitmodules'),
    '[submodule "s"]\n\tpath = s\n\turl = https://example.com/s\n',
  );
  git(dir, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},s`);
  git(dir, 'add', '.gitattributes', '.gitmodules');
  git(dir, 'commit', '--quiet', '-m', 'evil');
  const from = await sent(dir);
  const dirOfHost = temporaryFolder();
  for (const env of [
    { HOME: home },
    { GIT_CONFIG_GLOBAL: path.join(home, '.gitconfig') },
    { GIT_CONFIG_PARAMETERS: `'filter.evil.smudge=${program}'` },
    { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'filter.evil.smudge', GIT_CONFIG_VALUE_0: program },
    { GIT_TEMPLATE_DIR: path.join(home, 'template') },
  ]) {
    const { cwd } = await new WorkerHost({ dir: dirOfHost, env }).callTree(from);
    expect(readFileSync(path.join(cwd, 'a.txt'), 'utf8')).toBe('one\n');
    expect(readdirSync(path.join(cwd, 's'))).toEqual([]);
    expect(existsSync(ran)).toBe(false);
  }
});

test('an id that is none makes no folder', async () => {
  const { from, hostDir } = await shared();
  const host = new WorkerHost({ dir: hostDir });
  const found = await host.find(from);
  if (found.kind === 'failed') throw new Error(found.message);
  const made = await host.trees.make({ base: found.base, prefix: '', runId: '../../x', callId: 1 });
  expect(made).toEqual({ kind: 'failed', message: '"../../x" is no run\'s id' });
});

describe('what is left behind', () => {
  const mark = { pid: 4711, startTicks: '99' };
  const owned = (host: WorkerHost, name: string, whose = mark) =>
    new CallTrees({ dir: host.treesDir, env: host.env, uid: UID, host: name, mark: whose });

  async function leave(host: WorkerHost, trees: CallTrees): Promise<string> {
    const found = await host.find((await shared()).from);
    if (found.kind === 'failed') throw new Error(found.message);
    const made = await trees.make({ base: found.base, prefix: '', runId: 'r-1', callId: 1 });
    if (made.kind === 'failed') throw new Error(made.message);
    return made.tree.dir;
  }

  test('by a dead worker of this host goes; that of one which lives, or is of another host, stays', async () => {
    const host = new WorkerHost();
    const dead = await leave(host, owned(host, 'here'));
    const living = await leave(host, owned(host, 'here', { pid: 4712, startTicks: '99' }));
    const elsewhere = await leave(host, owned(host, 'there'));
    await owned(host, 'here').sweep(({ pid }) => pid !== mark.pid);
    expect([dead, living, elsewhere].map((dir) => existsSync(dir))).toEqual([false, true, true]);
  });

  test('for a person stays, and is a repository still', async () => {
    const host = new WorkerHost();
    const tree = await host.callTree((await shared()).from, 5);
    writeFileSync(path.join(tree.cwd, 'new'), 'x');
    const kept = await host.trees.keep(tree);
    await host.trees.sweep(() => false);
    expect(existsSync(tree.dir)).toBe(false);
    expect(git(kept, 'status', '--porcelain')).toBe('?? new');
    expect(await host.trees.basesInUse()).toContain(tree.base.objectsDir);
  });
});
