/** One isolated working tree, made from HEAD on a branch of its own, where the person's own tree and branches stay as they are. */
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders, makeInnerFolder } from '../../wire/files/make-folders.ts';
import { callBranch, callName } from './call-branch.ts';
import { type GitPlace, git } from './git.ts';
import { type StartCommit, startCommitOf } from './start-commit.ts';

export interface Worktree {
  /** Its root. */
  readonly path: string;
  /** The folder in it that stands for the run's own. */
  readonly cwd: string;
  readonly branch: string;
  readonly startCommit: string;
  /** What git knows of it, in the repository: asked when it was made, for its own `.git` file is the agent's to write. */
  readonly gitDir: string;
}

export interface WorktreeWish {
  /** The run's folder, anywhere in a repository's working tree. */
  readonly from: GitPlace;
  /** Where the worktrees of this run go; made if need be. */
  readonly worktreesDir: string;
  readonly runId: string;
  readonly callId: number;
  /** Ours. */
  readonly uid: number;
}

export type WorktreeMade =
  | { readonly kind: 'made'; readonly worktree: Worktree }
  | { readonly kind: 'failed'; readonly message: string };

/** Not to be called twice at once in one repository: git locks its refs, its config and its list of worktrees. */
export async function createWorktree(wish: WorktreeWish): Promise<WorktreeMade> {
  const start = await startCommitOf(wish.from);
  if (start.kind === 'failed') return start;
  try {
    return await addWorktree(wish, start);
  } catch (error) {
    return failed(`${wish.worktreesDir}: ${(error as Error).message}`);
  }
}

async function addWorktree(wish: WorktreeWish, start: StartCommit): Promise<WorktreeMade> {
  makeInnerFolder(wish.worktreesDir, wish.uid);
  // Should the folder lie inside a repository, that one's `git status` and `git add` pass it by.
  await writeFile(path.join(wish.worktreesDir, '.gitignore'), '*\n');
  const { name, branch } = await freeName(wish);
  const root = path.resolve(wish.worktreesDir, name);
  const added = await git(wish.from, ['worktree', 'add', '--quiet', '-b', branch, root, start.commit]);
  if (!added.ok) return failed(`git worktree add said: ${added.message}`);
  const gitDir = await git({ cwd: root, env: wish.from.env }, ['rev-parse', '--absolute-git-dir']);
  if (!gitDir.ok) return failed(`git rev-parse said: ${gitDir.message}`);
  const cwd = path.resolve(root, start.prefix);
  // A folder without tracked files is in no commit.
  makeFolders(cwd);
  return {
    kind: 'made',
    worktree: { path: root, cwd, branch, startCommit: start.commit, gitDir: gitDir.stdout },
  };
}

/** An earlier attempt of the run may have kept the worktree, or only the branch, of the same call. */
async function freeName({ from, worktreesDir, runId, callId }: WorktreeWish) {
  for (let attempt = 1; ; attempt += 1) {
    const name = callName(callId, attempt);
    const branch = callBranch(runId, name);
    const known = await git(from, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]);
    if (!known.ok && !(await exists(path.join(worktreesDir, name)))) return { name, branch };
  }
}

export async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

function failed(message: string): WorktreeMade {
  return { kind: 'failed', message };
}
