/** A repository on one host and a worker's folder on another, with the bytes between them. */
import { createReadStream } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { type CallTree, CallTrees } from '../../../src/agent/worktree/travel/call-trees.ts';
import { type SentTree, sendTree } from '../../../src/agent/worktree/travel/send-tree.ts';
import { type BaseFound, TreeBases } from '../../../src/agent/worktree/travel/tree-bases.ts';
import type { Environment } from '../../../src/core/program.ts';
import { markOf } from '../../../src/wire/processes/process-mark.ts';
import { MAX_PACK_BYTES } from '../../../src/wire/trees/travelling-tree.ts';
import { ManualClock } from '../manual-clock.ts';
import { suiteFolder } from '../programs/shell-project.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { GIT_ENV, git, repositoryIn } from './git-repository.ts';

const UID = process.getuid?.() ?? 0;
export const MIB = 1024 * 1024;

/** Refused trees are an error here: see `sendTree`. */
export async function sent(
  dir: string,
  prefix = '',
  maxBytes = MAX_PACK_BYTES,
  file = path.join(temporaryFolder(), 'tree.pack'),
): Promise<SentTree> {
  const commit = git(dir, 'rev-parse', 'HEAD');
  const sending = await sendTree({ cwd: dir, env: GIT_ENV }, { commit, prefix, file, maxBytes });
  if (sending.kind === 'refused') throw new Error(sending.message);
  return sending;
}

/**
 * One repository and one worker's folder for the tests of a file, where each would make the same: a dozen processes less. To
 * be called where the file begins.
 */
export function sharedTree(): () => Promise<{ readonly from: SentTree; readonly hostDir: string }> {
  const suite = suiteFolder();
  let made: Promise<SentTree> | undefined;
  return async () => {
    made ??= sent(repositoryIn(path.join(suite, 'repository')), '', undefined, path.join(suite, 'tree.pack'));
    return { from: await made, hostDir: path.join(suite, 'host') };
  };
}

export class WorkerHost {
  readonly dir: string;
  readonly clock = new ManualClock();
  readonly bases: TreeBases;
  readonly trees: CallTrees;
  readonly env: Environment;
  /** How often a pack was asked for. */
  brought = 0;

  constructor({ dir = temporaryFolder(), env = {}, protocols = 'file', maxTreeBytes = MIB } = {}) {
    this.dir = dir;
    this.env = { ...GIT_ENV, ...env };
    const { clock, env: whole } = this;
    this.bases = new TreeBases({ dir: this.basesDir, env: whole, uid: UID, clock, protocols, maxTreeBytes });
    const mark = markOf(process.pid);
    this.trees = new CallTrees({ dir: this.treesDir, env: whole, uid: UID, host: hostname(), mark });
  }

  get basesDir(): string {
    return path.join(this.dir, 'bases');
  }

  get treesDir(): string {
    return path.join(this.dir, 'trees');
  }

  /** `bytes`: instead of those that were sent. */
  async find(
    { tree, file }: Pick<SentTree, 'tree' | 'file'>,
    bytes?: readonly Uint8Array[],
  ): Promise<BaseFound> {
    return await this.bases.find(tree, () => {
      this.brought += 1;
      return bytes === undefined ? createReadStream(file ?? '') : chunks(bytes);
    });
  }

  /** A tree for a call of `r-1`; an error when there is none. */
  async callTree(from: Pick<SentTree, 'tree' | 'file'>, callId = 1): Promise<CallTree> {
    const found = await this.find(from);
    if (found.kind === 'failed') throw new Error(found.message);
    const { prefix } = from.tree;
    const made = await this.trees.make({ base: found.base, prefix, runId: 'r-1', callId });
    if (made.kind === 'failed') throw new Error(made.message);
    return made.tree;
  }
}

export async function* chunks(all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}
