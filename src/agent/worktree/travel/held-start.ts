/** The commit that a run started from, kept by a ref of ours: it may be on no branch, or on one that is rewritten while agents work. */
import { type GitPlace, type GitResult, git } from '../git.ts';

/** Not below `refs/heads`: no branch of anybody's. */
function refOf(runId: string): string {
  return `refs/andwait/${runId}`;
}

/** Says, too, whether this repository can be written to at all. */
export async function holdStart(repository: GitPlace, runId: string, commit: string): Promise<GitResult> {
  return await git(repository, ['update-ref', refOf(runId), commit]);
}

/** Where there is none, or no repository any more, nothing happens. */
export async function letStartGo(repository: GitPlace, runId: string): Promise<void> {
  await git(repository, ['update-ref', '-d', refOf(runId)]);
}

/** What would keep the edits of agents from coming to branches of this repository; `undefined`: nothing. */
export async function branchObstacle(repository: GitPlace): Promise<string | undefined> {
  const taken = await git(repository, ['rev-parse', '--verify', '--quiet', 'refs/heads/andwait']);
  return taken.ok ? 'there is a branch "andwait", and so none can be called andwait/…: rename it' : undefined;
}
