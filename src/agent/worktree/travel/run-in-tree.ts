/** One call on a worker: its tree is made, its agent works there, and what it changed goes back before the tree is removed. */
import type { AgentCall } from '../../../core/call.ts';
import { failure, type KeptWorktree, neverStarted, type Outcome } from '../../../core/outcome.ts';
import type { Environment } from '../../../core/program.ts';
import type { TravellingEdits, TravellingTree } from '../../../wire/trees/travelling-tree.ts';
import { aborted } from '../../../wire/waiting.ts';
import type { Place } from '../../process/process-backend.ts';
import { withoutRepository } from '../git.ts';
import type { CallTree, CallTrees } from './call-trees.ts';
import { collectEdits } from './collect-edits.ts';
import type { BringPack, TreeBases } from './tree-bases.ts';

/** What a worker has for all of its calls. */
export interface TreePlace {
  readonly bases: TreeBases;
  readonly trees: CallTrees;
  readonly env: Environment;
  /** Of a pack of edits. */
  readonly maxBytes: number;
  /** By which people know this host. */
  readonly host: string;
}

export interface TreeCall {
  readonly runId: string;
  readonly call: Pick<AgentCall, 'id'>;
  /** As it came, checked. */
  readonly tree: TravellingTree;
  readonly bring: BringPack;
  readonly work: (place: Place) => Promise<Outcome>;
  /** The call is stopped: no agent is started for it any more. */
  readonly signal: AbortSignal;
  /** Whether anybody is to have the edits: else they go with the tree. */
  readonly counts: (outcome: Outcome) => boolean;
  /** Sends the pack in that file; it is gone when this has ended. A failure leaves the tree where it is. */
  readonly deliver: (edits: TravellingEdits, file: string) => Promise<void>;
}

export interface TreeOutcome {
  readonly outcome: Outcome;
  /** They were delivered; for `keepEdits`. */
  readonly edits: TravellingEdits | undefined;
  /** What could not be sent, for a person: where it is on this host, and why. */
  readonly stayed: KeptWorktree | undefined;
}

/** Whatever became of the agent, its edits count, as in a local worktree. */
export async function runInTree(place: TreePlace, wish: TreeCall): Promise<TreeOutcome> {
  const { runId, call, tree } = wish;
  // A fetch from a remote may take long; it is other calls' as well, and goes on.
  const found = await Promise.race([place.bases.find(tree, wish.bring), aborted(wish.signal)]);
  if (found === undefined) return { outcome: neverStarted(), ...NOTHING };
  if (found.kind === 'failed') return notStarted(found.message);
  const { prefix } = tree;
  const made = await place.trees.make({ base: found.base, prefix, runId, callId: call.id });
  if (made.kind === 'failed') return notStarted(made.message);
  const outcome = await wish.work({ cwd: made.tree.cwd, env: withoutRepository(place.env) });
  const end = await sendBack(place, made.tree, wish.deliver, () => wish.counts(outcome));
  return { outcome, ...end };
}

const NOTHING = { edits: undefined, stayed: undefined };

/** `counts`: asked when it matters; it may cease to while edits are on their way. */
async function sendBack(
  place: TreePlace,
  tree: CallTree,
  deliver: TreeCall['deliver'],
  counts: () => boolean,
): Promise<Omit<TreeOutcome, 'outcome'>> {
  const { env, maxBytes, trees } = place;
  const collected = counts() ? await collectEdits({ tree, env, maxBytes }) : undefined;
  let why = collected?.kind === 'failed' ? collected.message : undefined;
  let edits = collected?.kind === 'edits' ? collected.edits : undefined;
  if (collected?.kind === 'edits') {
    const lost = await deliver(collected.edits, collected.file).catch((error: Error) => error);
    if (lost instanceof Error) [why, edits] = [lost.message, undefined];
  }
  if (why === undefined && collected !== undefined && collected.kind !== 'failed') why = ofNested(collected);
  if (counts() && why !== undefined) return { edits, stayed: await stay(place, tree, why) };
  await trees.remove(tree);
  return counts() ? { edits, stayed: undefined } : NOTHING;
}

function ofNested({ nested }: { readonly nested: readonly string[] }): string | undefined {
  return nested.length === 0 ? undefined : `repositories inside do not travel: ${nested.join(', ')}`;
}

async function stay({ trees, host }: TreePlace, tree: CallTree, why: string): Promise<KeptWorktree> {
  const root = await trees.keep(tree).catch(() => tree.root);
  return { path: `${host}:${root}`, branch: tree.branch, diffStat: `not sent: ${why}` };
}

function notStarted(message: string): TreeOutcome {
  const outcome = failure('worktree-failed', `no working tree could be made on this worker: ${message}`);
  return { outcome, ...NOTHING };
}
