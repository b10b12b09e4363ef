/** Which run a command is about: its id, the beginning of one, or the last one. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { findRun, isStandingRun, readDescription, runIds } from '../../journal/find-run.ts';
import { type RunDescription, RunFolder } from '../../journal/run-folder.ts';
import { isRunLocked } from '../../journal/run-lock.ts';
import { stateDir } from '../../journal/state-dir.ts';
import type { RunChoice } from './run-choice.ts';

export interface ChosenRun {
  readonly folder: RunFolder;
  readonly description: RunDescription;
}

/** Throws a `UserError` when there is none, or more than one begins so. `command` is for the message. */
export function chosenRun({ run, last }: RunChoice, program: Program, command: string): ChosenRun {
  if (run !== undefined && last) {
    throw new UserError(`${command}: --last stands for the run; received ${JSON.stringify(run)} as well`);
  }
  if (run === undefined && !last) {
    throw new UserError(
      `${command} needs one RUN: its id, the beginning of one, or --last; \`andwait list\` shows them`,
    );
  }
  const state = stateDir(program);
  return described(run === undefined ? lastRun(state) : findRun(state, run));
}

/** The newest run that somebody works on, else the newest. */
export async function runToWatch(program: Program): Promise<ChosenRun> {
  const state = stateDir(program);
  for (const id of runIds(state).slice(0, LOOKED_AT)) {
    const folder = new RunFolder(state, id);
    if (await isRunLocked(folder.dir)) return described(folder);
  }
  return described(lastRun(state));
}

/** Each look costs a process; a run that is older and still at work can be named. */
const LOOKED_AT = 30;

function lastRun(state: string): RunFolder {
  const id = runIds(state).find((each) => !isStandingRun(each));
  if (id === undefined) throw new UserError(`there is no run yet in ${state}`);
  return new RunFolder(state, id);
}

function described(folder: RunFolder): ChosenRun {
  const description = readDescription(folder);
  if (description !== undefined) return { folder, description };
  throw new UserError(`the run in ${folder.dir} was cut off before it began`);
}
