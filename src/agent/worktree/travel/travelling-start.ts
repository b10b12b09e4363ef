/** Whether a run's folder can travel as it is, or somebody has to say first what is to become of it: nothing is guessed. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TreeChoice } from '../../../core/run.ts';
import { STATUS } from '../diff-stat.ts';
import { type GitPlace, git } from '../git.ts';
import { type NoStartCommit, startCommitOf } from '../start-commit.ts';
import { commitTree } from './made-commit.ts';

export type TravellingStart =
  | {
      readonly kind: 'start';
      /** Of the repository's working tree. */
      readonly root: string;
      readonly commit: string;
      readonly prefix: string;
    }
  | { readonly kind: 'no-tree' }
  | {
      readonly kind: 'refused';
      readonly reason: NoStartCommit['reason'] | 'uncommitted-changes' | 'git-failed';
      /** Says what was found, and which flags decide. */
      readonly message: string;
    };

/** `choice`: `undefined` when nobody said anything. `scratch`: a private folder of the run. */
export async function travellingStart(
  from: GitPlace,
  choice: TreeChoice | undefined,
  scratch: string,
): Promise<TravellingStart> {
  if (choice === 'none') return { kind: 'no-tree' };
  const start = await startCommitOf(from);
  if (start.kind === 'failed') {
    const { reason, message } = start;
    return refused(
      reason,
      `${message}. Agents on other hosts start from a commit (--tree committed, --tree as-is) or, with --tree none, in each host's own folder`,
    );
  }
  const top = await git(from, ['rev-parse', '--show-toplevel']);
  if (!top.ok) return refused('git-failed', top.message);
  const place = { cwd: top.stdout, env: from.env };
  const started = { kind: 'start', root: top.stdout, commit: start.commit, prefix: start.prefix } as const;
  if (choice === 'committed') return started;
  const changed = await git(place, ['--no-optional-locks', ...STATUS]);
  if (!changed.ok) return refused('git-failed', changed.message);
  if (changed.stdout === '') return started;
  if (choice === undefined) return refused('uncommitted-changes', askedFor(top.stdout, changed.stdout));
  const commit = await commitOfAll(place, start.commit, scratch);
  return commit.ok ? { ...started, commit: commit.stdout } : refused('git-failed', commit.message);
}

function askedFor(root: string, status: string): string {
  const lines = status.split('\n');
  const shown = lines.slice(0, 3).map((line) => line.trim());
  const more = lines.length > shown.length ? ` and ${lines.length - shown.length} more` : '';
  return `${root} has uncommitted changes (${shown.join(', ')}${more}), and agents on other hosts see commits only: commit them, or say --tree committed (agents start from the last commit), --tree as-is (from the files as they are, untracked ones included) or --tree none (nothing travels: they work in each host's own folder)`;
}

/** Index and branch stay as they are; the commit is in the repository, on no branch. */
async function commitOfAll(place: GitPlace, head: string, scratch: string) {
  const index = await git(place, ['rev-parse', '--git-path', 'index']);
  if (!index.ok) return index;
  const dir = await mkdtemp(path.join(scratch, 'as-is-'));
  const aside = { GIT_INDEX_FILE: path.join(dir, 'index') };
  try {
    // There is none before the first `git add`.
    await copyFile(path.resolve(place.cwd, index.stdout), aside.GIT_INDEX_FILE).catch(() => {});
    const added = await git(place, ['add', '--all'], aside);
    if (!added.ok) return added;
    const tree = await git(place, ['write-tree'], aside);
    if (!tree.ok) return tree;
    const message = 'Uncommitted changes that a run started from';
    return await commitTree(place, { tree: tree.stdout, parents: [head], message });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function refused(
  reason: (TravellingStart & { readonly kind: 'refused' })['reason'],
  message: string,
): TravellingStart {
  return { kind: 'refused', reason, message };
}
