/** Isolation with a real git: where an agent works, what is left of it, and what is said when there is no repository. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Place, PlacedBackend } from '../../../src/agent/process/process-backend.ts';
import { WorktreeBackend } from '../../../src/agent/worktree/worktree-backend.ts';
import type { KeptWorktree, Outcome } from '../../../src/core/outcome.ts';
import { RecordingWatch } from '../../support/agents/agent-run.ts';
import { agentCall, reply } from '../../support/calls.ts';
import { GIT_ENV, git, repository } from '../../support/git/git-repository.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const UID = process.getuid?.() ?? 0;

interface Isolation {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly worktreesDir?: string;
  /** What the agent does where it is put. */
  readonly work?: (place: Place) => void | Promise<void>;
}

function isolation({
  cwd,
  env = {},
  work = () => {},
  worktreesDir = path.join(temporaryFolder(), 'wt'),
}: Isolation) {
  const places: Place[] = [];
  const inner: PlacedBackend = {
    title: 'inner 1.0',
    run: async () => reply('not isolated'),
    close: async () => {},
    at: (place) => ({
      title: 'placed',
      run: async () => {
        places.push(place);
        await work(place);
        return reply('isolated');
      },
      close: async () => {},
    }),
  };
  const backend = new WorktreeBackend({
    inner,
    cwd,
    env: { ...GIT_ENV, ...env },
    runId: 'r-1',
    worktreesDir,
    uid: UID,
  });
  const run = (id = 1, signal = new AbortController().signal): Promise<Outcome> =>
    backend.run(agentCall({ id, isolation: 'worktree' }), new RecordingWatch(), signal);
  return { backend, places, run, worktreesDir };
}

const branches = (dir: string) => git(dir, 'branch', '--format=%(refname:short)').split('\n').sort();
const worktrees = (dir: string) =>
  git(dir, 'worktree', 'list', '--porcelain')
    .split('\n')
    .filter((line) => line.startsWith('worktree '));

describe('where the agent works', () => {
  test('in a tree of HEAD, on a branch of its own, outside of the person’s', async () => {
    const dir = repository();
    const seen: string[] = [];
    const { run, places, worktreesDir } = isolation({
      cwd: dir,
      work: ({ cwd }) => {
        seen.push(
          readFileSync(path.join(cwd, 'a.txt'), 'utf8'),
          git(cwd, 'branch', '--show-current'),
          git(cwd, 'rev-parse', 'HEAD'),
        );
      },
    });
    writeFileSync(path.join(dir, 'a.txt'), 'not committed\n');
    expect(await run(3)).toMatchObject({ kind: 'reply', text: 'isolated' });
    expect(seen).toEqual(['one\n', 'andwait/r-1/3', git(dir, 'rev-parse', 'HEAD')]);
    expect(places[0]?.cwd).toBe(path.join(worktreesDir, '3'));
    expect(git(dir, 'status', '--porcelain')).toBe('M a.txt');
  });

  test('a call that asks for no isolation is left alone', async () => {
    const dir = repository();
    const { backend, places } = isolation({ cwd: dir });
    const outcome = await backend.run(agentCall(), new RecordingWatch(), new AbortController().signal);
    expect(outcome).toMatchObject({ text: 'not isolated', worktree: undefined });
    expect(places).toEqual([]);
    expect(backend.title).toBe('inner 1.0');
  });

  test('a run in a subfolder stays in that subfolder', async () => {
    const dir = repository();
    const { run, places, worktreesDir } = isolation({ cwd: path.join(dir, 'sub') });
    await run();
    expect(places[0]?.cwd).toBe(path.join(worktreesDir, '1', 'sub'));
  });

  test('also one that no commit knows', async () => {
    const dir = repository();
    mkdirSync(path.join(dir, 'fresh/deep'), { recursive: true });
    const { run } = isolation({
      cwd: path.join(dir, 'fresh/deep'),
      work: ({ cwd }) => expect(existsSync(cwd)).toBe(true),
    });
    expect(await run()).toMatchObject({ kind: 'reply', worktree: undefined });
  });

  test('never where a link of the last commit leads, though it is a folder by now', async () => {
    const dir = repository();
    const elsewhere = temporaryFolder();
    symlinkSync(elsewhere, path.join(dir, 'linked'));
    git(dir, 'add', '.');
    git(dir, 'commit', '--quiet', '-m', 'link');
    rmSync(path.join(dir, 'linked'));
    mkdirSync(path.join(dir, 'linked/deep'), { recursive: true });
    const { run, places } = isolation({ cwd: path.join(dir, 'linked/deep') });
    expect(await run()).toMatchObject({
      reason: 'worktree-failed',
      message: expect.stringContaining('linked is a folder here and a link in the last commit') as string,
    });
    expect([places, readdirSync(elsewhere), branches(dir)]).toEqual([[], [], ['main']]);
  });

  test('never in a folder of worktrees that is a link', async () => {
    const worktreesDir = path.join(temporaryFolder(), 'wt');
    const elsewhere = temporaryFolder();
    symlinkSync(elsewhere, worktreesDir);
    const { run } = isolation({ cwd: repository(), worktreesDir });
    expect(await run()).toMatchObject({
      reason: 'worktree-failed',
      message: expect.stringContaining('is no folder (a link to one is none)') as string,
    });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('a run that reached its folder through a symbolic link', async () => {
    const dir = repository();
    const link = path.join(temporaryFolder(), 'link');
    symlinkSync(path.join(dir, 'sub'), link);
    const { run, places, worktreesDir } = isolation({ cwd: link });
    expect(await run()).toMatchObject({ kind: 'reply' });
    expect(places[0]?.cwd).toBe(path.join(worktreesDir, '1', 'sub'));
  });

  test('a run inside a worktree starts from that one’s HEAD', async () => {
    const dir = repository();
    const side = path.join(realpathSync(temporaryFolder()), 'side');
    git(dir, 'worktree', 'add', '--quiet', '-b', 'side', side);
    writeFileSync(path.join(side, 'side.txt'), 'x');
    git(side, 'add', '.');
    git(side, 'commit', '--quiet', '-m', 'side');
    const { run } = isolation({
      cwd: side,
      work: ({ cwd }) => expect(existsSync(path.join(cwd, 'side.txt'))).toBe(true),
    });
    expect(await run()).toMatchObject({ kind: 'reply', worktree: undefined });
  });

  test('a hook’s repository is not taken for the agent’s', async () => {
    const dir = repository();
    const other = repository();
    const hook = {
      GIT_DIR: path.join(other, '.git'),
      GIT_INDEX_FILE: path.join(other, '.git/index'),
      GIT_WORK_TREE: other,
    };
    const { run, places } = isolation({ cwd: dir, env: { ...hook, GIT_CONFIG_COUNT: '0' } });
    expect(await run()).toMatchObject({ kind: 'reply', worktree: undefined });
    expect(branches(other)).toEqual(['main']);
    for (const name of Object.keys(hook)) expect(places[0]?.env).not.toHaveProperty(name);
    expect(places[0]?.env).toHaveProperty('GIT_CONFIG_COUNT');
  });

  test('hooks of the repository are not set off', async () => {
    const dir = repository();
    const hook = path.join(dir, '.git/hooks/post-checkout');
    mkdirSync(path.dirname(hook), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(await isolation({ cwd: dir }).run()).toMatchObject({ kind: 'reply', worktree: undefined });
  });

  test('a state folder inside the repository does not show in its status', async () => {
    const dir = repository();
    const during: string[] = [];
    const { run } = isolation({
      cwd: dir,
      worktreesDir: path.join(dir, 'state', 'wt'),
      work: () => void during.push(git(dir, 'status', '--porcelain')),
    });
    await run();
    expect(during).toEqual(['']);
  });
});

describe('what is left', () => {
  const kept = async (dir: string, work: (cwd: string) => void): Promise<KeptWorktree | undefined> =>
    (await isolation({ cwd: dir, work: ({ cwd }) => work(cwd) }).run()).worktree;

  test.each<readonly [string, (cwd: string) => void]>([
    ['an agent that changed nothing', () => {}],
    [
      'an agent that only built',
      (cwd) => {
        mkdirSync(path.join(cwd, 'build'));
        writeFileSync(path.join(cwd, 'build/out'), 'x');
      },
    ],
    [
      'an agent that put back what it changed',
      (cwd) => {
        writeFileSync(path.join(cwd, 'a.txt'), 'other\n');
        writeFileSync(path.join(cwd, 'a.txt'), 'one\n');
      },
    ],
    ['an agent that removed its own tree', (cwd) => rmSync(cwd, { recursive: true })],
  ])('nothing of %s', async (_name, work) => {
    const dir = repository();
    expect(await kept(dir, work)).toBeUndefined();
    expect(branches(dir)).toEqual(['main']);
    expect(worktrees(dir)).toEqual([`worktree ${dir}`]);
  });

  const commit = (cwd: string) => {
    writeFileSync(path.join(cwd, 'a.txt'), 'other\n');
    git(cwd, 'commit', '--quiet', '-am', 'second');
  };

  test.each<readonly [string, (cwd: string) => void, RegExp]>([
    ['a changed file', (cwd) => writeFileSync(path.join(cwd, 'a.txt'), 'one\nmore\n'), /a\.txt .*1 \+/],
    ['an untracked file', (cwd) => writeFileSync(path.join(cwd, 'new.txt'), 'x\ny\n'), /new\.txt .*2 \+\+/],
    ['a removed file', (cwd) => rmSync(path.join(cwd, 'sub/b.txt')), /sub\/b\.txt .*1 -/],
    [
      'a staged file',
      (cwd) => {
        writeFileSync(path.join(cwd, 'new.txt'), 'x\n');
        git(cwd, 'add', '.');
      },
      /new\.txt/,
    ],
    ['a commit', commit, /a\.txt/],
    [
      'a commit, and more',
      (cwd) => {
        commit(cwd);
        writeFileSync(path.join(cwd, 'new.txt'), 'x\n');
      },
      /a\.txt.*\n.*new\.txt.*\n.*2 files changed/,
    ],
    [
      'a commit that HEAD was taken away from',
      (cwd) => {
        commit(cwd);
        git(cwd, 'checkout', '--quiet', '--detach', 'HEAD~1');
      },
      /a\.txt/,
    ],
    ['a tree without its `.git` file', (cwd) => rmSync(path.join(cwd, '.git')), /^$/],
    [
      'a tree that git cannot read any more',
      (cwd) => rmSync(path.join(git(cwd, 'rev-parse', '--absolute-git-dir').trim(), 'HEAD')),
      /could not be read/,
    ],
  ])('%s is kept and described', async (_name, work, diffStat) => {
    const dir = repository();
    let after = '';
    const worktree = await kept(dir, (cwd) => {
      work(cwd);
      after = git(dir, 'count-objects');
    });
    expect(worktree?.branch).toBe('andwait/r-1/1');
    expect(worktree?.diffStat).toMatch(diffStat);
    expect(existsSync(worktree?.path ?? '')).toBe(true);
    expect(branches(dir)).toEqual(['andwait/r-1/1', 'main']);
    // Describing it put nothing into the repository.
    expect(git(dir, 'count-objects')).toBe(after);
  });

  test('the branch of an agent that committed, then removed its tree', async () => {
    const dir = repository();
    const worktree = await kept(dir, (cwd) => {
      commit(cwd);
      rmSync(cwd, { recursive: true });
    });
    expect(worktree).toMatchObject({ branch: 'andwait/r-1/1', diffStat: expect.stringContaining('a.txt') });
    expect(worktrees(dir)).toEqual([`worktree ${dir}`]);
  });

  test('an agent that writes a `.git` file of its own sets no program off with it', async () => {
    const cwd = repository();
    const evil = repository();
    const ran = path.join(temporaryFolder(), 'ran');
    git(evil, 'config', 'filter.own.clean', `touch ${ran}; cat`);
    const { run } = isolation({
      cwd,
      work: ({ cwd: own }) => {
        writeFileSync(path.join(own, '.git'), `gitdir: ${path.join(evil, '.git')}\n`);
        writeFileSync(path.join(own, '.gitattributes'), '* filter=own\n');
        writeFileSync(path.join(own, 'new.txt'), 'work\n');
      },
    });
    const outcome = await run();
    expect(existsSync(ran)).toBe(false);
    expect((outcome.worktree as KeptWorktree).diffStat).toContain('new.txt');
  });

  test('the index and the changes of a kept tree are as the agent left them', async () => {
    const dir = repository();
    const worktree = await kept(dir, (cwd) => writeFileSync(path.join(cwd, 'new.txt'), 'x\n'));
    expect(git(worktree?.path ?? '', 'status', '--porcelain')).toBe('?? new.txt');
  });

  test('a second attempt of the same call does not touch what the first one left', async () => {
    const dir = repository();
    const work = ({ cwd }: Place) => writeFileSync(path.join(cwd, 'new.txt'), 'x\n');
    const { run } = isolation({ cwd: dir, work });
    const first = await run();
    const second = await run();
    expect(first.worktree?.branch).toBe('andwait/r-1/1');
    expect(second.worktree?.branch).toBe('andwait/r-1/1-2');
  });
});

test('eight at once in one repository', async () => {
  const dir = repository();
  const { run, places } = isolation({
    cwd: dir,
    work: ({ cwd }) => {
      if (/[02468]$/.test(cwd)) writeFileSync(path.join(cwd, 'new.txt'), 'x\n');
    },
  });
  const outcomes = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((id) => run(id)));
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(8).fill('reply'));
  expect(new Set(places.map((place) => place.cwd)).size).toBe(8);
  expect(branches(dir)).toEqual(['andwait/r-1/2', 'andwait/r-1/4', 'andwait/r-1/6', 'andwait/r-1/8', 'main']);
});

test('git’s worktree commands never overlap', async () => {
  const dir = repository();
  const bin = temporaryFolder();
  const log = path.join(bin, 'log');
  const real = execFileSync('/bin/sh', ['-c', 'command -v git'], { env: GIT_ENV, encoding: 'utf8' }).trim();
  const wrapper = `#!/bin/sh
case " $* " in *" worktree "*) ;; *) exec ${real} "$@";; esac
mkdir ${bin}/busy || echo overlap >> ${log}
${real} "$@"; code=$?
echo once >> ${log}
rmdir ${bin}/busy
exit $code
`;
  writeFileSync(path.join(bin, 'git'), wrapper, { mode: 0o755 });
  const { run } = isolation({ cwd: dir, env: { PATH: `${bin}:${GIT_ENV.PATH}` } });
  await Promise.all([1, 2, 3, 4].map((id) => run(id)));
  expect(readFileSync(log, 'utf8')).toBe('once\n'.repeat(8));
});

test('a run that was stopped makes none', async () => {
  const dir = repository();
  const { run, places } = isolation({ cwd: dir });
  expect(await run(1, AbortSignal.abort(new Error('stopped')))).toMatchObject({
    kind: 'failure',
    reason: 'stopped',
  });
  expect(places).toEqual([]);
  expect(branches(dir)).toEqual(['main']);
});

describe('no tree can be made', () => {
  const bare = () => {
    const dir = realpathSync(temporaryFolder());
    git(dir, 'init', '--quiet', '--bare');
    return dir;
  };
  const empty = () => {
    const dir = realpathSync(temporaryFolder());
    git(dir, 'init', '--quiet');
    return dir;
  };
  const taken = () => {
    const dir = repository();
    git(dir, 'branch', 'andwait');
    return dir;
  };
  const file = () => {
    const dir = realpathSync(temporaryFolder());
    writeFileSync(path.join(dir, 'f'), '');
    return path.join(dir, 'f', 'wt');
  };

  test.each<readonly [string, () => Isolation, RegExp]>([
    ['no repository', () => ({ cwd: realpathSync(temporaryFolder()) }), /git init/],
    ['no commit yet', () => ({ cwd: empty() }), /no commit yet/],
    ['a bare repository', () => ({ cwd: bare() }), /bare repository/],
    ['a .git folder', () => ({ cwd: path.join(repository(), '.git') }), /\.git folder/],
    ['a branch in the way', () => ({ cwd: taken() }), /git worktree add said: .*andwait/],
    ['a file in the way', () => ({ cwd: repository(), worktreesDir: file() }), /ENOTDIR/],
    ['no git', () => ({ cwd: repository(), env: { PATH: '/nonexistent' } }), /git/],
  ])('%s', async (_name, where, message) => {
    const { run, places } = isolation(where());
    const outcome = await run();
    expect(outcome).toMatchObject({ kind: 'failure', reason: 'worktree-failed' });
    expect((outcome as { message: string }).message).toMatch(message);
    expect(places).toEqual([]);
  });
});
