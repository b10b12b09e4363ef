/** The trees of a run's calls as packs beside its queue: what agents start from goes out, and what they changed comes to branches here. */
import path from 'node:path';
import PQueue from 'p-queue';
import { keepEdits } from '../../agent/worktree/travel/keep-edits.ts';
import { sendTree } from '../../agent/worktree/travel/send-tree.ts';
import { type Failure, failure, type KeptWorktree, type Outcome } from '../../core/outcome.ts';
import type { Environment } from '../../core/program.ts';
import { scratchFolder } from '../../journal/scratch-folder.ts';
import type { RunTrees } from '../../queue/client/queue-backend.ts';
import { KeptPacks, PackMissing } from '../../queue/packs/kept-packs.ts';
import type { PieceStore } from '../../queue/queue-engine.ts';
import type { JobResult } from '../../wire/queue/queue-job.ts';
import {
  MAX_PACK_BYTES,
  type TravellingEdits,
  type TravellingTree,
} from '../../wire/trees/travelling-tree.ts';
import type { RunStart } from './run-start.ts';

export interface PackedTreesOptions {
  readonly runId: string;
  readonly start: RunStart;
  readonly pieces: PieceStore;
  readonly env: Environment;
  /** For what is made anew. */
  readonly stateDir: string;
}

/** Each has git write some files. */
const TAKEN_IN_AT_ONCE = 4;

export class PackedTrees implements RunTrees {
  readonly #options: PackedTreesOptions;
  readonly #packs: KeptPacks;
  readonly #turns = new PQueue({ concurrency: TAKEN_IN_AT_ONCE });
  #tree: TravellingTree;
  #file: string | undefined;
  /** Of those who need it at once, one sends it. */
  #sending: Promise<TravellingTree | Failure> | undefined;

  constructor(options: PackedTreesOptions) {
    this.#options = options;
    this.#packs = new KeptPacks(options.pieces);
    this.#tree = options.start.tree;
    this.#file = options.start.file;
  }

  /** A server may have lost it since, or forgotten it after days. */
  async ready(): Promise<TravellingTree | Failure> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
    return await this.#sending;
  }

  async takeIn({ outcome, edits, host, token }: JobResult, callId: number): Promise<Outcome> {
    if (edits === undefined) return outcome;
    const kept = await this.#turns.add(() => this.#keep(edits, token, callId));
    if (kept.kind === 'failed') {
      const { usage, costUsd, turns, sessionId, model, denials, text } = outcome;
      return failure(
        'worktree-failed',
        `its agent on ${host} is through (${outcome.kind}), and what it changed could not be taken in: ${kept.message}`,
        { usage, costUsd, turns, sessionId, model, denials, text },
      );
    }
    await this.#packs.forget(token, edits).catch(() => {});
    return { ...outcome, worktree: withStayed(kept.worktree, outcome.worktree) };
  }

  async close(): Promise<void> {
    const { source } = this.#tree;
    if (source.kind === 'pack') await this.#packs.forget(this.#options.runId, source);
  }

  /** Rejects where the server did: then it is no matter of the edits. */
  async #keep(edits: TravellingEdits, token: string, callId: number) {
    const { runId, start, env } = this.#options;
    const base = start.tree.commit;
    let refused: unknown;
    const packs = this.#packs;
    async function* bring(): AsyncGenerator<Uint8Array, void> {
      try {
        yield* packs.bring(token, edits);
      } catch (error) {
        if (!(error instanceof PackMissing)) refused = error;
        throw error;
      }
    }
    const kept = await keepEdits({ cwd: start.repository, env }, { base, runId, callId, edits, bring });
    if (kept.kind === 'failed' && refused !== undefined) throw refused;
    return kept;
  }

  async #send(): Promise<TravellingTree | Failure> {
    const { runId, stateDir } = this.#options;
    const { source } = this.#tree;
    if (source.kind === 'remote' || (await this.#packs.isKept(runId, source))) return this.#tree;
    if (this.#file !== undefined) {
      await this.#packs.send(runId, source, this.#file);
      // The first one is removed once it is sent.
      this.#file = undefined;
      return this.#tree;
    }
    await using scratch = await scratchFolder(stateDir);
    return await this.#sendAnew(path.join(scratch.dir, 'tree.pack'));
  }

  async #sendAnew(file: string): Promise<TravellingTree | Failure> {
    const { runId, start, env } = this.#options;
    const { commit, prefix } = start.tree;
    const place = { cwd: start.repository, env };
    const made = await sendTree(place, { commit, prefix, file, maxBytes: MAX_PACK_BYTES });
    if (made.kind === 'refused') {
      return failure('worktree-failed', `what agents start from cannot be sent: ${made.message}`);
    }
    if (made.tree.source.kind === 'pack') await this.#packs.send(runId, made.tree.source, file);
    this.#tree = made.tree;
    return made.tree;
  }
}

/** What could not be sent, of the same agent. */
function withStayed(kept: KeptWorktree, stayed: KeptWorktree | undefined): KeptWorktree {
  if (stayed === undefined) return kept;
  return { ...kept, diffStat: `${kept.diffStat}\n${stayed.path}: ${stayed.diffStat}` };
}
