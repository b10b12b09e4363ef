/** Finds the run to go on with, and what speaks against it, before anything is changed. */
import { UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { findRun, isStandingRun, runIds } from '../journal/find-run.ts';
import type { RunFolder, RunKind } from '../journal/run-folder.ts';
import { type RecordedRun, readRun } from '../journal/run-record.ts';
import { stateDir } from '../journal/state-dir.ts';

export interface FoundRun {
  readonly folder: RunFolder;
  readonly run: RecordedRun;
}

export async function findResumable(
  wanted: string | undefined,
  program: Program,
  kind: RunKind = 'workflow',
): Promise<FoundRun> {
  const state = stateDir(program);
  const id = wanted ?? runIds(state).find((each) => !isStandingRun(each));
  if (id === undefined) throw new UserError(`there is no run to resume in ${state}`);
  const folder = findRun(state, id);
  const run = await readRun(folder);
  if (run === undefined) {
    throw new UserError(`run ${id} was cut off before it began; start it anew with \`andwait run\``);
  }
  refuseOtherKinds(run, kind);
  // One that is still at work is refused where it is opened: whose owner was killed is soon over, and waited for there.
  return { folder, run };
}

export const GO_ON: Partial<Readonly<Record<RunKind, string>>> = {
  workflow: 'andwait resume',
  exec: 'andwait exec --resume',
  map: 'andwait map --resume',
};

const IS_NO: Partial<Readonly<Record<RunKind, string>>> = {
  workflow: 'has no script',
  exec: "is no recipe's",
};

/** Each kind of run is gone on with by what began it. */
function refuseOtherKinds({ description: { kind, runId } }: RecordedRun, wanted: RunKind): void {
  if (kind === wanted) return;
  const command = GO_ON[kind];
  const how = command === undefined ? 'that is not gone on with' : `go on with: ${command} ${runId}`;
  const what = IS_NO[wanted] ?? `is no ${wanted}`;
  throw new UserError(`run ${runId} ${what} (it is of kind ${JSON.stringify(kind)}); ${how}`);
}
