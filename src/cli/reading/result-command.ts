/** `andwait result RUN`: what a run returned, as `andwait run` would have printed it. */
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { findRun } from '../../journal/find-run.ts';
import { readRun } from '../../journal/run-record.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { printLines } from '../print-lines.ts';
import { returnedText } from '../run/run-output.ts';
import type { ResultOptions } from './reading-options.ts';

export async function resultCommand(options: ResultOptions, program: Program): Promise<number> {
  const run = await readRun(findRun(stateDir(program), options.run));
  const id = run?.description.runId ?? options.run;
  if (run?.description.kind === 'standing') {
    throw new UserError(
      `run ${id} gathers the day's calls that belong to no other run, and returns nothing; see andwait logs ${id}`,
      EXIT.scriptFailed,
    );
  }
  if (run?.state === 'running')
    throw new UserError(`run ${id} is still at work; its result comes when it ends`, EXIT.scriptFailed);
  const result = run?.result;
  if (result === undefined)
    throw new UserError(`run ${id} was cut off before it had a result`, EXIT.scriptFailed);
  if (options.json) return await printLines(program, [JSON.stringify(result)]);
  if (result.status !== 'completed') {
    const why = result.error === null ? '' : `: ${result.error.name}: ${result.error.message}`;
    throw new UserError(`run ${id} has no result, it ended as ${result.status}${why}`, EXIT.scriptFailed);
  }
  return await printLines(program, [returnedText(result).replace(/\n$/, '')]);
}
