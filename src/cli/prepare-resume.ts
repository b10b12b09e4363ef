/** Finds the run to go on with, and everything that speaks against it, before anything is changed. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { findRun, isStandingRun, runIds } from '../journal/find-run.ts';
import type { RunFolder, RunKind } from '../journal/run-folder.ts';
import { type RecordedRun, readRun } from '../journal/run-record.ts';
import { stateDir } from '../journal/state-dir.ts';
import { decodeScript, parseScript } from '../script/parse-script.ts';
import type { Stops } from './interruption.ts';
import { type PreparedRun, prepareLaunch, savedWorkflows } from './prepare-launch.ts';
import { readScriptFile, type ScriptSource } from './read-script-file.ts';
import type { ResumeCommandLine } from './run-options.ts';
import { scriptArgs } from './script-args.ts';
import { workingFolder } from './working-folder.ts';

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
  if (run.state === 'running') {
    throw new UserError(
      `run ${run.description.runId} is still at work; wait for it, or stop it, before it is resumed`,
    );
  }
  return { folder, run };
}

const GO_ON: Partial<Readonly<Record<RunKind, string>>> = {
  workflow: 'andwait resume',
  exec: 'andwait exec --resume',
  map: 'andwait map --resume',
};

/** Each kind of run is gone on with by what began it. */
function refuseOtherKinds({ description: { kind, runId } }: RecordedRun, wanted: RunKind): void {
  if (kind === wanted) return;
  const command = GO_ON[kind];
  const how = command === undefined ? 'that is not gone on with' : `go on with: ${command} ${runId}`;
  const what = wanted === 'workflow' ? 'has no script' : `is no ${wanted}`;
  throw new UserError(`run ${runId} ${what} (it is of kind ${JSON.stringify(kind)}); ${how}`);
}

export async function prepareResume(
  line: ResumeCommandLine,
  { folder, run }: FoundRun,
  program: Program,
  stops: Stops,
): Promise<PreparedRun> {
  const { description } = run;
  const { runId } = description;
  const cwd = workingFolder(line.cwd ?? description.cwd, program.cwd);
  const source = await scriptOf(line.script, folder, run, program);
  // What the last attempt changed holds for the next one too.
  const last = run.attempts.at(-1) ?? description;
  const changed = await scriptArgs(line, program.stdin, stops.signal);
  const args = changed === undefined ? last.args : changed;
  const options = line.options(last.options);
  const prepared = await prepareLaunch(
    { runId, source, args, cwd, options, reuse: line.reuse },
    program,
    stops,
  );
  return prepared((opener) => opener.reopen(folder, runId, source.text));
}

/** `--script`, else the script of the last attempt: the copy in the run's folder, which a person may have edited. */
async function scriptOf(
  wanted: string | undefined,
  folder: RunFolder,
  { description }: RecordedRun,
  program: Program,
): Promise<ScriptSource> {
  if (wanted !== undefined) {
    return await readScriptFile(wanted, program.cwd, savedWorkflows(description.cwd, program));
  }
  const file = folder.scriptFile;
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`the run's script ${file} cannot be read (${error.code}); give one with --script`);
  });
  const text = decodeScript(bytes, file);
  return { script: parseScript(text, file), text };
}
