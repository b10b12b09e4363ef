/** Prepares a run to go on: its script, and what the command line changes. */
import { UserError } from '../../../core/exit.ts';
import type { Program } from '../../../core/program.ts';
import type { RunOptions } from '../../../core/run.ts';
import type { RunFolder } from '../../../journal/run-folder.ts';
import type { RecordedRun } from '../../../journal/run-record.ts';
import { type PreparedRun, prepareLaunch } from '../../../launch/prepare-launch.ts';
import type { Stops } from '../../../launch/stops.ts';
import { startOf } from '../../../launch/trees/run-start.ts';
import { refuseWhereOff } from '../../../launch/workflows-off.ts';
import type { ScriptSource } from '../../../script/parse-script.ts';
import type { FoundRun } from '../../find-resumable.ts';
import { workingFolder } from '../../working-folder.ts';
import { readScriptFile, scriptSearch } from '../read-script-file.ts';
import { type ResumeCommandLine, withQueue } from '../run-options.ts';
import { scriptArgs } from '../script-args.ts';
import { tellUnknownPhases } from '../unknown-phases.ts';
import { queueOfResumed } from './queue-of-resumed.ts';
import { scriptOfRun } from './script-of-run.ts';

export async function prepareResume(
  line: ResumeCommandLine,
  { folder, run }: FoundRun,
  program: Program,
  stops: Stops,
): Promise<PreparedRun> {
  const { description } = run;
  const { runId } = description;
  const cwd = workingFolder(line.cwd ?? description.cwd, program.cwd);
  await refuseWhereOff(cwd, program);
  const source = await scriptOf(line, folder, run, program);
  // What the last attempt changed holds for the next one too.
  const last = run.attempts.at(-1) ?? description;
  refuseUnkept(last.options, runId);
  const changed = await scriptArgs(line, program.stdin, stops.signal);
  const args = changed === undefined ? last.args : changed;
  const queue = queueOfResumed(line.queue, last.options.queue, program.env);
  const isElsewhere = queue !== undefined;
  const asked = withQueue(line.options(last.options), queue);
  const started = await startOf({ runId, cwd, options: asked, choice: line.tree, isElsewhere }, program);
  const { options } = started;
  const prepared = await prepareLaunch(
    { runId, source, args, cwd, options, reuse: line.reuse, queue, started },
    program,
    stops,
  );
  tellUnknownPhases(options.modelFor, source, program);
  return prepared((opener) => opener.reopen(folder, runId, source.text));
}

/** Without those flags its agents might do more than the session that began it. */
function refuseUnkept({ session }: RunOptions, runId: string): void {
  if (session === undefined || session.unkept.length === 0) return;
  throw new UserError(
    `run ${runId} was begun by a session with a value of ${session.unkept.join(' and ')} that is not kept, since it may hold secrets; go on with it from that session (${session.sessionId}), whose Workflow tool takes resumeFromRunId`,
  );
}

/** `--script`, else the script of the last attempt. */
async function scriptOf(
  { script: wanted, quiet }: ResumeCommandLine,
  folder: RunFolder,
  { description }: RecordedRun,
  program: Program,
): Promise<ScriptSource> {
  if (wanted !== undefined) {
    return await readScriptFile(wanted, scriptSearch(description.cwd, quiet, program));
  }
  return await scriptOfRun(folder, '; give one with --script');
}
