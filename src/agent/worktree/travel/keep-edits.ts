/** Takes the edits of an agent on another host into the repository of the run: on a branch of the run's own, and nowhere else. */
import type { KeptWorktree } from '../../../core/outcome.ts';
import { isPlainName, type TravellingEdits } from '../../../wire/trees/travelling-tree.ts';
import { callBranch, callName } from '../call-branch.ts';
import { DIFF_STAT, statText } from '../diff-stat.ts';
import { type GitPlace, git } from '../git.ts';
import { INDEX_PACK } from './check-pack.ts';
import { readPack } from './pack-stream.ts';

export type EditsKept =
  | { readonly kind: 'kept'; readonly worktree: KeptWorktree }
  | { readonly kind: 'failed'; readonly message: string };

export interface KeepWish {
  /** The commit that the agent started from. */
  readonly base: string;
  readonly runId: string;
  readonly callId: number;
  /** As they came, checked. */
  readonly edits: TravellingEdits;
  /** The pack that `edits` names, from its beginning. */
  readonly bring: () => AsyncIterable<Uint8Array>;
}

/**
 * `repository`: the root of its working tree. Nothing in the pack says where it goes; a branch that is there with other commits
 * stays, and the next free name is taken, as for local worktrees. The same edits twice are on one branch.
 */
export async function keepEdits(repository: GitPlace, wish: KeepWish): Promise<EditsKept> {
  const { base, edits, bring, runId } = wish;
  if (!isPlainName(runId)) return failed(`${JSON.stringify(runId)} is no run's id`);
  const there = await branchOf(repository, wish);
  if (there !== undefined) return await kept(repository, wish, there);
  const known = await git(repository, ['cat-file', '-e', `${base}^{commit}`]);
  if (!known.ok) return failed(`commit ${base}, which the agent started from, is no longer there`);
  const isSmall = edits.bytes <= SMALL_BYTES;
  let read = await readPack(repository, [...DURABLE, ...(isSmall ? UNPACK : INDEX_PACK)], bring(), edits);
  // Unpacking cannot be told what may be wrong.
  if (isSmall && !read.ok && read.refused) {
    read = await readPack(repository, [...DURABLE, ...INDEX_PACK], bring(), edits);
  }
  if (!read.ok) return failed(`the edits did not come whole: ${read.message}`);
  const words = ['rev-list', '--objects', '--quiet', `${edits.tip}^{commit}`, `^${base}`];
  const whole = await git(repository, words);
  if (!whole.ok) return failed(`the edits are not whole: ${whole.message}`);
  const branch = await putOnBranch(repository, wish);
  return branch.kind === 'failed' ? branch : await kept(repository, wish, branch.name);
}

/** What nobody has but us is to outlive a loss of power: git by itself leaves the disk its time. */
const DURABLE = ['-c', 'core.fsync=all'];

/** Of whoever took the same edits in before, and died before it could say so: by now nobody may have the pack. */
async function branchOf(repository: GitPlace, { runId, callId, edits }: KeepWish) {
  for (let attempt = 1; ; attempt += 1) {
    const name = callBranch(runId, callName(callId, attempt));
    const tip = await git(repository, ['rev-parse', '--verify', '--quiet', `refs/heads/${name}`]);
    if (!tip.ok) return undefined;
    if (tip.stdout === edits.tip) return name;
  }
}

async function kept(repository: GitPlace, { base, edits }: KeepWish, branch: string): Promise<EditsKept> {
  const diffStat = statText(await git(repository, [...DIFF_STAT, base, edits.tip]));
  return { kind: 'kept', worktree: { path: repository.cwd, branch, diffStat } };
}

/** A thousand agents must not leave a thousand packs, each of which git looks into for every object. */
const SMALL_BYTES = 1024 * 1024;
const UNPACK = ['unpack-objects', '-q', '--strict'];

type OnBranch =
  | { readonly kind: 'on'; readonly name: string }
  | { readonly kind: 'failed'; readonly message: string };

async function putOnBranch(repository: GitPlace, { runId, callId, edits }: KeepWish): Promise<OnBranch> {
  for (let attempt = 1; ; attempt += 1) {
    const name = callBranch(runId, callName(callId, attempt));
    const ref = `refs/heads/${name}`;
    const create = [...DURABLE, 'update-ref', ref, edits.tip, '0'.repeat(edits.tip.length)];
    const made = await git(repository, create);
    if (made.ok) return { kind: 'on', name };
    const there = await git(repository, ['rev-parse', '--verify', '--quiet', ref]);
    if (!there.ok) return failed(`branch ${name} cannot be made: ${made.message}`);
    if (there.stdout === edits.tip) return { kind: 'on', name };
  }
}

function failed(message: string) {
  return { kind: 'failed', message } as const;
}
