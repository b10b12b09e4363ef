/** What an agent leaves, whatever it did with branches, folders and configurations, and how it comes to be one commit. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CallTree } from '../../../../../src/agent/worktree/travel/call-trees.ts';
import { collectEdits } from '../../../../../src/agent/worktree/travel/collect-edits.ts';
import { commitAll, GIT_ENV, git, repository } from '../../../../support/git/git-repository.ts';
import { MIB, sent, sharedTree, WorkerHost } from '../../../../support/git/travelling-trees.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const shared = sharedTree();

/** `work`: what the agent does. */
async function left(
  work: (tree: CallTree) => void,
  maxBytes = MIB,
  env: Readonly<Record<string, string>> = {},
) {
  const { from, hostDir } = await shared();
  const host = new WorkerHost({ dir: hostDir, env });
  const tree = await host.callTree(from, 4);
  work(tree);
  const collected = await collectEdits({ tree, env: host.env, maxBytes });
  /** Of the commit that is sent. */
  const say = (...args: readonly string[]): string => git(path.join(tree.dir, 'own'), ...args);
  const tip = collected.kind === 'edits' ? collected.edits.tip : '';
  return { tree, host, collected, tip, say };
}

const inTree = (tree: CallTree, file: string, text = `${file}\n`) =>
  writeFileSync(path.join(tree.cwd, file), text);

describe('nothing', () => {
  test('when it changed nothing', async () => {
    const { collected } = await left(() => {});
    expect(collected).toEqual({ kind: 'unchanged', nested: [] });
  });

  test('when only ignored files are new', async () => {
    const { collected } = await left((tree) => {
      mkdirSync(path.join(tree.cwd, 'build'));
      inTree(tree, 'build/out');
    });
    expect(collected.kind).toBe('unchanged');
  });

  test('when it removed its folder, and had committed nothing', async () => {
    const { collected } = await left(({ root }) => rmSync(root, { recursive: true }));
    expect(collected.kind).toBe('unchanged');
  });
});

describe('one commit', () => {
  test('of what it left uncommitted: changed, new, removed, staged', async () => {
    const { tree, tip, say } = await left((made) => {
      inTree(made, 'a.txt', 'changed\n');
      inTree(made, 'new');
      inTree(made, 'staged');
      git(made.cwd, 'add', 'staged');
      rmSync(path.join(made.cwd, 'sub'), { recursive: true });
    });
    expect(say('diff', '--name-status', tree.base.commit, tip).split('\n')).toEqual([
      'M\ta.txt',
      'A\tnew',
      'A\tstaged',
      'D\tsub/b.txt',
    ]);
    expect(say('log', '--format=%P %an %s', '-1', tip)).toBe(
      `${tree.base.commit} andwait What the agent left uncommitted`,
    );
  });

  test('that it made itself', async () => {
    const { tree, tip } = await left(({ cwd }) => {
      writeFileSync(path.join(cwd, 'new'), 'x');
      commitAll(cwd, 'mine');
    });
    expect(tip).toBe(git(tree.cwd, 'rev-parse', 'HEAD'));
  });

  test('on top of its own', async () => {
    const { tip, say } = await left((tree) => {
      inTree(tree, 'one');
      commitAll(tree.cwd, 'mine');
      inTree(tree, 'two');
    });
    expect(say('log', '--format=%s', tip).split('\n')).toEqual([
      'What the agent left uncommitted',
      'mine',
      'first',
    ]);
  });

  test('made from its working tree as it is: the agent’s own index and branch stay', async () => {
    const { tree } = await left((made) => inTree(made, 'new'));
    expect(git(tree.cwd, 'status', '--porcelain')).toBe('?? new');
  });

  test('made twice, it says the same', async () => {
    const { tree, host, say, tip } = await left((made) => inTree(made, 'new'));
    const again = await collectEdits({ tree, env: host.env, maxBytes: MIB });
    if (again.kind !== 'edits') throw new Error(again.kind);
    expect(say('rev-parse', `${again.edits.tip}^{tree}`)).toBe(say('rev-parse', `${again.edits.tip}^{tree}`));
    expect(again.edits.tip).toMatch(/^[0-9a-f]{40}$/);
    expect(tip).not.toBe('');
  });

  test('of the agent that removed its folder and had committed', async () => {
    const { collected, say, tip } = await left((tree) => {
      inTree(tree, 'new');
      commitAll(tree.cwd, 'mine');
      rmSync(tree.root, { recursive: true });
    });
    expect(collected.kind).toBe('edits');
    expect(say('log', '--format=%s', '-1', tip)).toBe('mine');
  });

  test('of the agent that turned its folder into a link: what it leads to is not looked at', async () => {
    const elsewhere = temporaryFolder();
    writeFileSync(path.join(elsewhere, 'secret'), 'x');
    const { collected } = await left(({ root }) => {
      rmSync(root, { recursive: true });
      symlinkSync(elsewhere, root);
    });
    expect(collected.kind).toBe('unchanged');
  });

  test('with a link as a link', async () => {
    const { tip, say } = await left(({ cwd }) => symlinkSync('/etc/passwd', path.join(cwd, 'link')));
    expect(say('show', `${tip}:link`)).toBe('/etc/passwd');
  });

  test('in which a folder stands where a file was', async () => {
    const { tip, say } = await left(({ cwd }) => {
      rmSync(path.join(cwd, 'a.txt'));
      mkdirSync(path.join(cwd, 'a.txt'));
      writeFileSync(path.join(cwd, 'a.txt/inner'), 'x');
    });
    expect(say('ls-tree', '-r', '--name-only', tip).split('\n')).toContain('a.txt/inner');
  });

  test('of a branch that it went to', async () => {
    const { tip, say } = await left(({ cwd }) => {
      git(cwd, 'switch', '--quiet', '-c', 'side');
      writeFileSync(path.join(cwd, 'new'), 'x');
      commitAll(cwd, 'aside');
    });
    expect(say('log', '--format=%s', tip).split('\n')).toEqual(['aside', 'first']);
  });

  test('of its branch, though it stood elsewhere at its end', async () => {
    const { tip, say } = await left((tree) => {
      inTree(tree, 'new');
      commitAll(tree.cwd, 'mine');
      git(tree.cwd, 'switch', '--quiet', '--detach', tree.base.commit);
    });
    expect(say('log', '--format=%s', tip).split('\n')).toEqual(['mine', 'first']);
  });

  test('that has below it all that it committed anywhere', async () => {
    const { tip, say } = await left((tree) => {
      inTree(tree, 'new');
      commitAll(tree.cwd, 'mine');
      git(tree.cwd, 'switch', '--quiet', '-c', 'side', tree.base.commit);
      inTree(tree, 'other');
      commitAll(tree.cwd, 'aside');
    });
    expect(say('log', '--format=%s', '-1', tip)).toBe('What the agent left on several branches');
    expect(say('log', '--format=%s', `${tip}^1`, '-1')).toBe('aside');
    expect(say('log', '--format=%s', `${tip}^2`, '-1')).toBe('mine');
    expect(say('ls-tree', '--name-only', tip).split('\n')).toContain('other');
  });

  test('of the branch that has the other ones below it', async () => {
    const { tree, tip } = await left((made) => {
      inTree(made, 'one');
      commitAll(made.cwd, 'mine');
      git(made.cwd, 'branch', 'so-far');
      inTree(made, 'two');
      commitAll(made.cwd, 'mine, too');
    });
    expect(tip).toBe(git(tree.cwd, 'rev-parse', 'HEAD'));
  });

  test('of a branch without a commit of this repository', async () => {
    const { tip, say } = await left(({ cwd }) => {
      git(cwd, 'switch', '--quiet', '--orphan', 'pages');
      writeFileSync(path.join(cwd, 'index.html'), 'x');
      commitAll(cwd, 'pages');
    });
    expect(say('log', '--format=%s', tip)).toBe('pages');
  });

  test('of an agent that went back', async () => {
    const dir = repository();
    writeFileSync(path.join(dir, 'a.txt'), 'two\n');
    commitAll(dir, 'second');
    const host = new WorkerHost();
    const tree = await host.callTree(await sent(dir));
    git(tree.cwd, 'reset', '--quiet', '--hard', 'HEAD^');
    const collected = await collectEdits({ tree, env: host.env, maxBytes: MIB });
    expect(collected).toMatchObject({ kind: 'edits', edits: { tip: git(dir, 'rev-parse', 'HEAD^') } });
  });

  test('that nobody could take in stay where they are', async () => {
    const host = new WorkerHost();
    const tree = await host.callTree(await sent(repository()));
    const modules = '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n';
    writeFileSync(path.join(tree.cwd, '.gitmodules'), modules);
    expect(await collectEdits({ tree, env: host.env, maxBytes: MIB })).toEqual({
      kind: 'failed',
      message: expect.stringContaining('gitmodulesUrl'),
    });
    expect(existsSync(path.join(tree.root, '.gitmodules'))).toBe(true);
  });

  test('from a split index, and from none', async () => {
    const split = await left((tree) => {
      git(tree.cwd, 'update-index', '--split-index');
      inTree(tree, 'new');
    });
    expect(split.say('ls-tree', '--name-only', split.tip)).toBe('.gitignore\na.txt\nnew\nsub');
    const none = await left((tree) => {
      rmSync(path.join(tree.gitDir, 'index'));
      inTree(tree, 'new');
    });
    expect(none.say('ls-tree', '--name-only', none.tip)).toBe('.gitignore\na.txt\nnew\nsub');
  });

  test('of the files that a sparse checkout hides, none is missing', async () => {
    const { tip, say } = await left((tree) => {
      git(tree.cwd, 'sparse-checkout', 'set', 'nothing');
      inTree(tree, 'new');
    });
    expect(say('ls-tree', '-r', '--name-only', tip).split('\n')).toEqual([
      '.gitignore',
      'a.txt',
      'new',
      'sub/b.txt',
    ]);
  });
});

describe('repositories inside', () => {
  test('do not travel, and are named; all else travels', async () => {
    const { collected, tip, say } = await left((tree) => {
      const { cwd } = tree;
      for (const name of ['empty', 'with "odd*name']) {
        mkdirSync(path.join(cwd, name));
        git(path.join(cwd, name), 'init', '--quiet');
      }
      inTree(tree, 'with "odd*name/x');
      commitAll(path.join(cwd, 'with "odd*name'), 'theirs');
      inTree(tree, 'new');
    });
    expect(collected).toMatchObject({ kind: 'edits', nested: ['empty', 'with "odd*name'] });
    expect(say('ls-tree', '--name-only', tip)).toBe('.gitignore\na.txt\nnew\nsub');
  });

  test('alone, they are no edits', async () => {
    const { collected } = await left(({ cwd }) => {
      mkdirSync(path.join(cwd, 'sub2'));
      git(path.join(cwd, 'sub2'), 'init', '--quiet');
    });
    expect(collected).toEqual({ kind: 'unchanged', nested: ['sub2'] });
  });
});

describe('nothing of the agent’s is run', () => {
  /** Leaves a mark wherever a git runs it. */
  function program() {
    const home = temporaryFolder();
    const ran = path.join(home, 'ran');
    const file = path.join(home, 'program');
    writeFileSync(file, `#!/bin/sh\necho "$0 $*" >> ${ran}\ncat\n`);
    chmodSync(file, 0o755);
    return { file, ran };
  }

  const config = (file: string) =>
    [
      `[filter "evil"]\n\tclean = ${file}\n\tsmudge = ${file}\n\tprocess = ${file}`,
      `[core]\n\tfsmonitor = ${file}\n\thooksPath = ${path.dirname(file)}\n\tsshCommand = ${file}\n\tpager = ${file}`,
      `[diff]\n\texternal = ${file}\n[extensions]\n\tpartialClone = evil`,
      `[remote "evil"]\n\tpromisor = true\n\turl = ext::${file}`,
      '',
    ].join('\n');

  test('from the configuration of its repository', async () => {
    const { file, ran } = program();
    const { collected, tip, say } = await left((tree) => {
      inTree(tree, 'a.txt', 'changed\n');
      inTree(tree, '.gitattributes', '* filter=evil diff=evil\n');
      writeFileSync(path.join(tree.gitDir, 'config'), config(file), { flag: 'a' });
      mkdirSync(path.join(tree.gitDir, 'hooks'));
      for (const hook of ['pre-commit', 'post-index-change', 'reference-transaction']) {
        symlinkSync(file, path.join(tree.gitDir, 'hooks', hook));
      }
    });
    expect(collected.kind).toBe('edits');
    expect(say('show', `${tip}:a.txt`)).toBe('changed');
    expect(existsSync(ran)).toBe(false);
  });

  test('from another repository that its folder says it is of', async () => {
    const { file, ran } = program();
    const { tip, say } = await left((tree) => {
      rmSync(path.join(tree.root, '.git'));
      git(tree.root, 'init', '--quiet');
      writeFileSync(path.join(tree.root, '.git/config'), config(file), { flag: 'a' });
      inTree(tree, '.gitattributes', '* filter=evil\n');
      inTree(tree, 'new');
    });
    expect(say('ls-tree', '--name-only', tip)).toBe('.gitattributes\n.gitignore\na.txt\nnew\nsub');
    expect(existsSync(ran)).toBe(false);
  });

  test('nor is read, which waits for ever at a FIFO, nor waits for who looks into a tree that is kept', async () => {
    const { collected, tree } = await left((tree) => {
      const fifo = path.join(tree.dir, 'fifo');
      execFileSync('mkfifo', [fifo]);
      const named = `[include]\n\tpath = ${fifo}\n[core]\n\tfsmonitor = evil\n`;
      writeFileSync(path.join(tree.gitDir, 'config'), named, { flag: 'a' });
      inTree(tree, 'new');
    });
    expect(collected.kind).toBe('edits');
    expect(git(tree.root, 'config', '--local', '--list')).not.toContain('evil');
    expect(git(tree.root, 'status', '--porcelain')).toBe('?? new');
  });

  test('whose repository is a link to another, which stays as it is', async () => {
    const other = await repository();
    const before = readFileSync(path.join(other, '.git/config'), 'utf8');
    await left((tree) => {
      rmSync(tree.gitDir, { recursive: true });
      symlinkSync(path.join(other, '.git'), tree.gitDir);
    });
    expect(readFileSync(path.join(other, '.git/config'), 'utf8')).toBe(before);
  });

  test('from a configuration that its repository shares with another', async () => {
    const { file, ran } = program();
    const { collected } = await left((tree) => {
      const shared = path.join(tree.root, 'build');
      execFileSync('git', ['init', '--quiet', '--bare', shared], { env: GIT_ENV });
      writeFileSync(path.join(shared, 'config'), config(file), { flag: 'a' });
      writeFileSync(path.join(tree.gitDir, 'commondir'), `${shared}\n`);
      inTree(tree, '.gitattributes', '* filter=evil\n');
    });
    expect(collected.kind).toBe('edits');
    expect(existsSync(ran)).toBe(false);
  });

  test('nor the filters of the worker’s own user', async () => {
    const { file, ran } = program();
    const home = temporaryFolder();
    writeFileSync(path.join(home, '.gitconfig'), config(file));
    await left(
      (tree) => {
        inTree(tree, '.gitattributes', '* filter=evil\n');
        inTree(tree, 'a.txt', 'changed\n');
      },
      MIB,
      { HOME: home },
    );
    expect(existsSync(ran)).toBe(false);
  });
});

describe('too much', () => {
  test('is said, and stays where it is', async () => {
    const { collected, tree } = await left(
      ({ cwd }) => writeFileSync(path.join(cwd, 'data'), randomBytes(2 * MIB)),
      MIB,
    );
    expect(collected).toEqual({
      kind: 'failed',
      message: expect.stringMatching(/more than the 1 MiB.*\.gitignore/),
    });
    expect(existsSync(path.join(tree.cwd, 'data'))).toBe(true);
    expect(existsSync(path.join(tree.dir, 'edits.pack'))).toBe(false);
  });

  test('is not even read when it is far too much', async () => {
    const { collected } = await left(({ cwd }) => {
      const data = path.join(cwd, 'data');
      writeFileSync(data, '');
      truncateSync(data, 2 ** 40);
    });
    expect(collected).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('the agent left 1048576 MiB'),
    });
  });
});

test('a repository that the agent destroyed is a failure, and its files stay', async () => {
  const { collected, tree } = await left((made) => {
    inTree(made, 'new');
    renameSync(made.gitDir, `${made.gitDir}-gone`);
  });
  expect(collected.kind).toBe('failed');
  expect(existsSync(path.join(tree.cwd, 'new'))).toBe(true);
});
