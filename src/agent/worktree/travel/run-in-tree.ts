/** One call on a worker: its tree is made, its agent works there, and what it changed goes back before the tree is removed. */
import type { AgentCall } from '../../../core/call.ts';
import { failure, type KeptWorktree, type Outcome } from '../../../core/outcome.ts';
import type { Environment } from '../../../core/program.ts';
import type { TravellingEdits, TravellingTree } from '../../../wire/trees/travelling-tree.ts';
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
  const found = await place.bases.find(tree, wish.bring);
  if (found.kind === 'failed') return notStarted(found.message);
  const { prefix } = tree;
  const made = await place.trees.make({ base: found.base, prefix, runId, callId: call.id });
  if (made.kind === 'failed') return notStarted(made.message);
  const outcome = await wish.work({ cwd: made.tree.cwd, env: withoutRepository(place.env) });
  return { outcome, ...(await sendBack(place, made.tree, wish.deliver)) };
}

async function sendBack(
  place: TreePlace,
  tree: CallTree,
  deliver: TreeCall['deliver'],
): Promise<Omit<TreeOutcome, 'outcome'>> {
  const { env, maxBytes } = place;
  const collected = await collectEdits({ tree, env, maxBytes });
  if (collected.kind === 'failed')
    return { edits: undefined, stayed: await stay(place, tree, collected.message) };
  const edits = collected.kind === 'edits' ? collected.edits : undefined;
  if (collected.kind === 'edits') {
    const lost = await deliver(collected.edits, collected.file).catch((error: Error) => error);
    if (lost instanceof Error) return { edits: undefined, stayed: await stay(place, tree, lost.message) };
  }
  const { nested } = collected;
  if (nested.length > 0) {
    const why = `repositories inside do not travel: ${nested.join(', ')}`;
    return { edits, stayed: await stay(place, tree, why) };
  }
  await place.trees.remove(tree);
  return { edits, stayed: undefined };
}

async function stay({ trees, host }: TreePlace, tree: CallTree, why: string): Promise<KeptWorktree> {
  const root = await trees.keep(tree).catch(() => tree.root);
  return { path: `${host}:${root}`, branch: tree.branch, diffStat: `not sent: ${why}` };
}

function notStarted(message: string): TreeOutcome {
  const outcome = failure('worktree-failed', `no working tree could be made on this worker: ${message}`);
  return { outcome, edits: undefined, stayed: undefined };
}
