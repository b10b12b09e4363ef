/** What the agents of a run on other hosts start from: found, or refused, before the run begins; a run that is gone on with has the same. */
import path from 'node:path';
import { git } from '../../agent/worktree/git.ts';
import { branchObstacle, holdStart, letStartGo } from '../../agent/worktree/travel/held-start.ts';
import { sendTree } from '../../agent/worktree/travel/send-tree.ts';
import { travellingStart } from '../../agent/worktree/travel/travelling-start.ts';
import { UserError } from '../../core/exit.ts';
import type { Environment, Program } from '../../core/program.ts';
import type { RunOptions, TreeChoice } from '../../core/run.ts';
import { scratchFolder } from '../../journal/scratch-folder.ts';
import { makePrivateDir, stateDir } from '../../journal/state-dir.ts';
import { MAX_PACK_BYTES, readTravellingTree, type TravellingTree } from '../../wire/trees/travelling-tree.ts';

export interface StartWish {
  readonly runId: string;
  /** The run's folder. */
  readonly cwd: string;
  /** Of the last attempt, where there was one, with what the command line changes. */
  readonly options: RunOptions;
  /** `--tree`, where it is given. */
  readonly choice: TreeChoice | undefined;
  /** Whether other hosts carry its agents out. */
  readonly isElsewhere: boolean;
}

/** What travels. */
export interface RunStart {
  /** Of the repository's working tree. */
  readonly repository: string;
  readonly tree: TravellingTree;
  /** Holds the pack, where that was made just now. */
  readonly file: string | undefined;
  readonly notes: readonly string[];
}

export interface Started {
  /** With what is on record of the start. */
  readonly options: RunOptions;
  /** `undefined`: nothing travels. */
  readonly start: RunStart | undefined;
  /** What was made for it and nobody needs once it is in the queue. */
  readonly over: () => Promise<void>;
  /** No run comes of it. */
  readonly abandoned: () => Promise<void>;
}

/** Throws `UserError`, which names the flag that decides. */
export async function startOf(wish: StartWish, program: Program): Promise<Started> {
  const { options, choice, isElsewhere } = wish;
  if (!isElsewhere && choice !== undefined) {
    throw new UserError(
      `--tree ${choice} says what travels to other hosts, and no queue is given; add --queue, or leave --tree out`,
    );
  }
  // A rehearsal touches no files.
  if (!isElsewhere || options.rehearse) return nothingMade(options);
  if (options.tree !== undefined) return await recordedStart(wish, options.tree, program);
  if (choice === 'none') return nothingMade({ ...options, tree: { choice } });
  return await newStart(wish, program);
}

function nothingMade(options: RunOptions, start?: RunStart): Started {
  const nothing = async (): Promise<void> => {};
  return { options, start, over: nothing, abandoned: nothing };
}

async function recordedStart(
  { runId, options, choice }: StartWish,
  { choice: recorded, start }: NonNullable<RunOptions['tree']>,
  { env }: Program,
): Promise<Started> {
  if (choice !== undefined && choice !== recorded) {
    throw new UserError(
      `run ${runId} was begun with --tree ${recorded}, and all of its agents start from the same; leave --tree ${choice} out, or begin a new run`,
    );
  }
  if (recorded === 'none') return nothingMade(options);
  const read = readTravellingTree(start?.tree);
  if (start === undefined || !read.ok) {
    throw new UserError(
      `what run ${runId} started from cannot be read from its record${read.ok ? '' : ` (${read.message})`}`,
    );
  }
  const { repository } = start;
  const tree = read.value;
  const known = await git({ cwd: repository, env }, ['cat-file', '-e', `${tree.commit}^{commit}`]);
  if (!known.ok) {
    throw new UserError(
      `the agents of run ${runId} start from commit ${tree.commit}, which is not in ${repository} any more (${known.message}); bring it back there, or begin a new run`,
    );
  }
  return nothingMade(options, { repository, tree, file: undefined, notes: [] });
}

async function newStart(wish: StartWish, program: Program): Promise<Started> {
  const { runId, options, choice } = wish;
  const { env, uid } = program;
  const state = stateDir(program);
  makePrivateDir(state, uid);
  const scratch = await scratchFolder(state);
  const over = async (): Promise<void> => await scratch[Symbol.asyncDispose]();
  try {
    const start = await heldStart(wish, env, scratch.dir);
    const { repository, tree } = start;
    const record = {
      choice: choice === 'as-is' ? choice : 'committed',
      start: { repository, tree },
    } as const;
    return {
      options: { ...options, tree: record },
      start,
      over,
      abandoned: async () => {
        await over();
        await letStartGo({ cwd: repository, env }, runId);
      },
    };
  } catch (error) {
    await over();
    throw error;
  }
}

/** Ready to be sent, and kept by a ref. `dir`: for the pack. */
async function heldStart(
  { runId, cwd, choice }: StartWish,
  env: Environment,
  dir: string,
): Promise<RunStart> {
  const found = await travellingStart({ cwd, env }, choice, dir);
  if (found.kind !== 'start')
    throw new UserError(found.kind === 'refused' ? found.message : 'nothing travels');
  const { root: repository, commit, prefix } = found;
  const place = { cwd: repository, env };
  const obstacle = await branchObstacle(place);
  if (obstacle !== undefined) throw new UserError(`${repository}: ${obstacle}`);
  const pack = path.join(dir, 'tree.pack');
  const sent = await sendTree(place, { commit, prefix, file: pack, maxBytes: MAX_PACK_BYTES });
  if (sent.kind === 'refused') throw new UserError(sent.message);
  const held = await holdStart(place, runId, commit);
  if (!held.ok) {
    throw new UserError(
      `what agents change is to come to branches of ${repository}, which git cannot write: ${held.message}`,
    );
  }
  const { tree, file, notes } = sent;
  return { repository, tree, file, notes };
}
