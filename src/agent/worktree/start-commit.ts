/** Which commit a run's folder stands for, and where in it: the last one, never what a link in it leads to. */
import { type GitPlace, git } from './git.ts';

export interface StartCommit {
  readonly kind: 'start';
  readonly commit: string;
  /** From the repository's root to the run's folder: `` or `some/folder/`. */
  readonly prefix: string;
}

/** No commit can be told. `reason` for whoever has other advice than `message` gives. */
export interface NoStartCommit {
  readonly kind: 'failed';
  readonly reason: 'no-repository' | 'no-working-tree' | 'no-commit' | 'folder-is-link';
  readonly message: string;
}

export async function startCommitOf(from: GitPlace): Promise<StartCommit | NoStartCommit> {
  const inside = await git(from, ['rev-parse', '--is-inside-work-tree', '--show-prefix']);
  if (!inside.ok) {
    return failed(
      'no-repository',
      `${from.cwd} must be in a git repository with a commit (git init, git add, git commit): ${inside.message}`,
    );
  }
  const [isInside, prefix = ''] = inside.stdout.split('\n');
  if (isInside !== 'true') {
    return failed(
      'no-working-tree',
      `${from.cwd} is in a bare repository or a .git folder: start the run in a working tree`,
    );
  }
  const head = await git(from, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (!head.ok) {
    return failed('no-commit', `the repository of ${from.cwd} has no commit yet: commit something first`);
  }
  const link = await linkOnTheWay(from, head.stdout, prefix);
  if (link !== undefined) {
    return failed(
      'folder-is-link',
      `${link} is a folder here and a link in the last commit, which may lead anywhere: commit the folder first`,
    );
  }
  return { kind: 'start', commit: head.stdout, prefix };
}

/** The agent is to work in the new tree, not where a link in it leads. */
async function linkOnTheWay(from: GitPlace, commit: string, prefix: string): Promise<string | undefined> {
  const names = prefix.split('/').filter((name) => name !== '');
  if (names.length === 0) return undefined;
  const folders = names.map((_, at) => names.slice(0, at + 1).join('/'));
  const listed = await git(from, ['ls-tree', '--full-tree', '-z', commit, '--', ...folders]);
  if (!listed.ok) return undefined;
  return listed.stdout
    .split('\0')
    .find((entry) => entry.startsWith(LINK))
    ?.replace(/^[^\t]*\t/, '');
}

/** As git writes its mode. */
const LINK = '120000 ';

function failed(reason: NoStartCommit['reason'], message: string): NoStartCommit {
  return { kind: 'failed', reason, message };
}
