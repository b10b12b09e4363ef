/** What is sent for agents on other hosts to start from: with all of its history, without, or only where to have it from. */
import type { TravellingTree } from '../../../wire/trees/travelling-tree.ts';
import { type GitPlace, git } from '../git.ts';
import { packProblem } from './check-pack.ts';
import { guardedEnvironment } from './guarded-git.ts';
import { writePack } from './pack-stream.ts';
import { remoteHolding } from './remote-holding.ts';

export interface SentTree {
  readonly tree: TravellingTree;
  /** Holds the pack that the tree names; `undefined` when a remote has the commit. */
  readonly file: string | undefined;
  /** What a person should know: that no history goes along, that a remote could not be asked. */
  readonly notes: readonly string[];
}

export type SendingTree =
  | ({ readonly kind: 'ready' } & SentTree)
  | { readonly kind: 'refused'; readonly reason: 'too-large' | 'git-failed'; readonly message: string };

export interface SendWish {
  readonly commit: string;
  readonly prefix: string;
  /** For the pack; in a private folder. */
  readonly file: string;
  readonly maxBytes: number;
}

/** Agents look at history (`git log`, `git blame`), so it goes along where it fits; the files alone go before a remote is asked. */
export async function sendTree(place: GitPlace, wish: SendWish): Promise<SendingTree> {
  for (const history of (await wholeMayFit(place, wish.maxBytes)) ? HISTORIES : HISTORIES.slice(1)) {
    const { commit, prefix, file, maxBytes } = wish;
    const revisions = history === 'whole' ? [commit] : [`--shallow ${commit}`, commit];
    const written = await writePack(place, { revisions, file, maxBytes });
    if (written.kind === 'failed') return { kind: 'refused', reason: 'git-failed', message: written.message };
    if (written.kind === 'too-large') continue;
    const { sha256, bytes } = written;
    const isShallow = history === 'none';
    const check = { cwd: `${file}.check`, env: guardedEnvironment(place.env) };
    const pack = { file, name: { sha256, bytes }, commit, isShallow, base: undefined };
    const problem = await packProblem(check, pack);
    if (problem !== undefined) {
      // What is wrong may lie in the history alone.
      if (!isShallow) continue;
      return { kind: 'refused', reason: 'git-failed', message: brokenFiles(commit, problem) };
    }
    const notes = isShallow ? [NO_HISTORY] : [];
    return {
      kind: 'ready',
      tree: { commit, prefix, source: { kind: 'pack', history, sha256, bytes } },
      file,
      notes,
    };
  }
  return await sendRemote(place, wish);
}

const HISTORIES = ['whole', 'none'] as const;
const NO_HISTORY =
  'agents on other hosts see the files and one commit, not the history: it is too large to send, or broken in git’s eyes';

function brokenFiles(commit: string, problem: string): string {
  return `git takes the files of commit ${commit} for broken (${problem}; git fsck says more), and no other host would take them: mend and commit them, or have agents work in each host's own folder (--tree none)`;
}

/** A clone without history has no more to give. What is on disk, compressed or not, says early that a history is far too large. */
async function wholeMayFit(place: GitPlace, maxBytes: number): Promise<boolean> {
  const shallow = await git(place, ['rev-parse', '--is-shallow-repository']);
  if (!shallow.ok || shallow.stdout !== 'false') return false;
  const counted = await git(place, ['count-objects', '--verbose']);
  if (!counted.ok) return false;
  const kibOf = (key: string) => Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(counted.stdout)?.[1] ?? 0);
  return kibOf('size-pack') + kibOf('size') <= (ON_DISK_FACTOR * maxBytes) / 1024;
}

/** Other branches lie there too, and loose objects are not packed against each other. */
const ON_DISK_FACTOR = 4;

async function sendRemote(place: GitPlace, { commit, prefix, maxBytes }: SendWish): Promise<SendingTree> {
  const found = await remoteHolding(place, commit);
  if (found.kind === 'found') {
    const notes = found.doubt === undefined ? [NO_HISTORY] : [NO_HISTORY, found.doubt];
    return { kind: 'ready', tree: { commit, prefix, source: found.remote }, file: undefined, notes };
  }
  const asked = found.asked.length === 0 ? 'it has no remote' : found.asked.join('; ');
  return {
    kind: 'refused',
    reason: 'too-large',
    message: `the files of commit ${commit} are more than ${Math.floor(maxBytes / 1024 / 1024)} MiB packed, so other hosts must fetch it, and no remote of the repository has it (${asked}): push the commit, or have agents work in each host's own folder (--tree none)`,
  };
}
