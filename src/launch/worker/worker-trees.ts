/** The working trees of a host that takes calls from a queue: made for each call that brings one, and cleared up behind those that died. */
import path from 'node:path';
import type { PlacedBackend } from '../../agent/process/process-backend.ts';
import { CallTrees } from '../../agent/worktree/travel/call-trees.ts';
import { removeOlder } from '../../agent/worktree/travel/remove-older.ts';
import { runInTree, type TreePlace } from '../../agent/worktree/travel/run-in-tree.ts';
import { TreeBases } from '../../agent/worktree/travel/tree-bases.ts';
import { failure } from '../../core/outcome.ts';
import type { AgentBackend } from '../../core/ports.ts';
import type { Program } from '../../core/program.ts';
import { countsHere } from '../../queue/host/queue-worker.ts';
import { KeptPacks } from '../../queue/packs/kept-packs.ts';
import { patientPieces } from '../../queue/packs/patient-pieces.ts';
import type { PieceStore } from '../../queue/queue-engine.ts';
import { isAlive, markOf } from '../../wire/processes/process-mark.ts';
import type { QueueJob } from '../../wire/queue/queue-job.ts';
import { MAX_PACK_BYTES, type TravellingEdits } from '../../wire/trees/travelling-tree.ts';
import { withoutQueue } from '../queue-chosen.ts';

export interface WorkerTreesOptions {
  /** Ours alone; made if need be. */
  readonly dir: string;
  /** Name of this host. */
  readonly host: string;
  readonly pieces: PieceStore;
}

const DAY_MS = 86_400_000;
/** A commit that no call has begun with for so long comes anew. */
const UNUSED_MS = 7 * DAY_MS;
/** How long a person has to look at what could not be sent. */
const KEPT_MS = 30 * DAY_MS;

export class WorkerTrees {
  readonly #options: WorkerTreesOptions;
  readonly #program: Program;
  readonly #place: TreePlace;

  constructor(options: WorkerTreesOptions, program: Program) {
    const { dir, host } = options;
    const { uid, clock, pid } = program;
    const env = withoutQueue(program.env);
    this.#options = options;
    this.#program = program;
    const bases = new TreeBases({ dir: path.join(dir, 'bases'), env, uid, clock });
    const trees = new CallTrees({ dir: path.join(dir, 'calls'), env, uid, host, mark: markOf(pid) });
    this.#place = { bases, trees, env, maxBytes: MAX_PACK_BYTES, host };
  }

  /** Resolves when what workers left that are gone is removed, and what nobody needs; it is looked for each day from then on. `said`: what a person should know. */
  async clearUpDaily(said: (text: string) => void): Promise<Disposable> {
    let isOver = false;
    let cancel = (): void => {};
    const clear = async (): Promise<void> => {
      for (const text of await this.#clearUp()) said(text);
      if (!isOver) cancel = this.#program.clock.after(DAY_MS, () => void clear());
    };
    await clear();
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        cancel();
      },
    };
  }

  async #clearUp(): Promise<readonly string[]> {
    const { bases, trees } = this.#place;
    const { clock, kill } = this.#program;
    await trees.sweep((mark) => isAlive(mark, (pid, signal) => kill(pid, signal)));
    const left = await removeOlder(trees.keptDir, clock.now() - KEPT_MS);
    await bases.removeUnused(clock.now() - UNUSED_MS, await trees.basesInUse());
    if (left.length === 0) return [];
    const days = KEPT_MS / DAY_MS;
    return [
      `edits that could not be sent lie in ${trees.keptDir}, each for ${days} days: ${left.slice(0, 3).join(', ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''}`,
    ];
  }

  /** Agents for one job, in the tree that it brings. `sent`: what was delivered, of the last of them. */
  agentsFor(
    job: QueueJob,
    backend: PlacedBackend,
    stop: AbortSignal,
    sent: (edits: TravellingEdits | undefined) => void,
  ): AgentBackend {
    const { tree, token, runId } = job;
    if (tree === undefined)
      return job.call.isolation === undefined || job.settings.rehearse ? backend : noTree(backend);
    const packs = new KeptPacks(patientPieces(this.#options.pieces, this.#program.clock, stop));
    return {
      title: backend.title,
      close: async () => {},
      run: async (call, watch, signal) => {
        const { outcome, edits, stayed } = await runInTree(this.#place, {
          runId,
          call: job.call,
          tree,
          bring: (pack) => packs.bring(runId, pack),
          work: (place) => backend.at(place).run(call, watch, signal),
          signal,
          counts: (end) => countsHere(end, stop),
          deliver: (found, file) => packs.send(token, found, file),
        });
        sent(edits);
        return { ...outcome, worktree: stayed };
      },
    };
  }
}

/** Of a queue that somebody else writes to: our own clients do not ask for it. */
function noTree(backend: AgentBackend): AgentBackend {
  const message = 'the call wants a working tree of its own, and brings none';
  return {
    title: backend.title,
    run: async () => failure('worktree-failed', message),
    close: async () => {},
  };
}
