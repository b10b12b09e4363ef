/** Commits that andwait makes of files nobody committed: no hook, no signature, no identity of a person. */
import { type GitPlace, type GitResult, git } from '../git.ts';

const NAME = { GIT_AUTHOR_NAME: 'andwait', GIT_COMMITTER_NAME: 'andwait' };
const ADDRESS = { GIT_AUTHOR_EMAIL: 'andwait@localhost', GIT_COMMITTER_EMAIL: 'andwait@localhost' };

export interface CommitWish {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** Its id. No branch knows it yet. */
export async function commitTree(
  place: GitPlace,
  { tree, parents, message }: CommitWish,
): Promise<GitResult> {
  const words = ['commit-tree', '--no-gpg-sign', tree, ...parents.flatMap((parent) => ['-p', parent])];
  return await git(place, [...words, '-m', message], { ...NAME, ...ADDRESS });
}
