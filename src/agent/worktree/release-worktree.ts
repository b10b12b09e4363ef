/** What becomes of a worktree when its agent has ended: removed with its branch if nothing changed, else kept and described. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { KeptWorktree } from '../../core/outcome.ts';
import { DIFF_STAT, STATUS, statText } from './diff-stat.ts';
import { type GitPlace, git } from './git.ts';
import { exists, type Worktree } from './worktree.ts';

/** The worktree as it was made: a `.git` file that its agent wrote could name a repository whose filters are programs. */
interface OwnPlace extends GitPlace {
  readonly own: { readonly GIT_DIR: string; readonly GIT_WORK_TREE: string };
}

/** In doubt it is kept: what git cannot read may be work. Not to be called twice at once in one repository. */
export async function releaseWorktree(worktree: Worktree, from: GitPlace): Promise<KeptWorktree | undefined> {
  const { path: root, branch, startCommit } = worktree;
  if (!(await exists(root))) return await releaseRemoved(worktree, from);
  const place = { cwd: root, env: from.env, own: { GIT_DIR: worktree.gitDir, GIT_WORK_TREE: root } };
  if (await isUnchanged(worktree, place)) {
    const removed = await git(from, ['worktree', 'remove', '--force', root]);
    if (removed.ok && (await dropBranch(worktree, from))) return undefined;
  }
  const changes = await diffStat(startCommit, place, path.dirname(root));
  // The tree is as it was, and the work on the branch: the agent checked something else out at its end.
  return { path: root, branch, diffStat: changes === '' ? await branchStat(worktree, from) : changes };
}

/** The agent removed its own folder; what it committed is still on the branch. */
async function releaseRemoved(worktree: Worktree, from: GitPlace): Promise<KeptWorktree | undefined> {
  await git(from, ['worktree', 'prune']);
  if (await dropBranch(worktree, from)) return undefined;
  return { path: worktree.path, branch: worktree.branch, diffStat: await branchStat(worktree, from) };
}

async function isUnchanged({ startCommit, branch }: Worktree, place: OwnPlace): Promise<boolean> {
  const status = await git(place, STATUS, place.own);
  const tips = await git(place, ['rev-parse', 'HEAD', `refs/heads/${branch}`], place.own);
  if (!status.ok || !tips.ok) return false;
  return status.stdout === '' && tips.stdout.split('\n').every((tip) => tip === startCommit);
}

/** Only while it still stands where it began. */
async function dropBranch({ branch, startCommit }: Worktree, from: GitPlace): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const known = await git(from, ['rev-parse', '--verify', '--quiet', ref]);
  return !known.ok || (await git(from, ['update-ref', '-d', ref, startCommit])).ok;
}

async function branchStat({ branch, startCommit }: Worktree, from: GitPlace): Promise<string> {
  return statText(await git(from, [...DIFF_STAT, startCommit, branch]));
}

/**
 * Uncommitted and untracked files included. git sees an untracked file in an index only; that index, and the objects
 * of such files, are made aside, so that worktree and repository stay as the agent left them.
 */
async function diffStat(startCommit: string, place: OwnPlace, scratchParent: string): Promise<string> {
  const paths = await git(place, ['rev-parse', '--git-path', 'index', '--git-path', 'objects'], place.own);
  if (!paths.ok) return statText(paths);
  const [index = '', objects = ''] = paths.stdout.split('\n').map((file) => path.resolve(place.cwd, file));
  const scratch = await mkdtemp(path.join(scratchParent, '.stat-')).catch((error: Error) => error);
  if (scratch instanceof Error) return statText({ ok: false, message: scratch.message });
  const aside = {
    ...place.own,
    GIT_INDEX_FILE: path.join(scratch, 'index'),
    GIT_OBJECT_DIRECTORY: scratch,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
  };
  try {
    await copyFile(index, aside.GIT_INDEX_FILE);
    const added = await git(place, ['add', '--all'], aside);
    return statText(added.ok ? await git(place, [...DIFF_STAT, '--cached', startCommit], aside) : added);
  } catch (error) {
    return statText({ ok: false, message: (error as Error).message });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
