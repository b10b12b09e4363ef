/** `andwait result RUN`: what a run returned, as `andwait run` would have printed it. */
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { RunResult } from '../../core/run.ts';
import { type RecordedRun, readRun } from '../../journal/run-record.ts';
import { countText, wholeText } from '../../report/text/figures.ts';
import { nextStepOf } from '../next-step.ts';
import { printLines, saidOn } from '../print-lines.ts';
import { hasReturned, returnedText } from '../run/run-output.ts';
import { chosenRun } from './chosen-run.ts';
import type { ResultOptions } from './reading-options.ts';

export async function resultCommand(options: ResultOptions, program: Program): Promise<number> {
  const { folder, description } = chosenRun(options, program, 'result');
  const { runId: id, kind } = description;
  const run = await readRun(folder);
  if (kind === 'standing') {
    throw new UserError(
      `run ${id} gathers the day's calls that belong to no other run, and returns nothing; see andwait logs ${id}`,
      EXIT.scriptFailed,
    );
  }
  const result = run?.result;
  if (run === undefined || result === undefined) throw new UserError(noResultYet(id, run), EXIT.scriptFailed);
  const print = (text: string) => printLines(program, [saidOn(program.stdout, text)]);
  if (options.json) return await print(JSON.stringify(result));
  if (!hasReturned(result)) throw new UserError(noResult(run, result), EXIT.scriptFailed);
  return await print(returnedText(result).replace(/\n$/, ''));
}

function noResultYet(id: string, run: RecordedRun | undefined): string {
  const calls = [...(run?.calls.values() ?? [])];
  const settled = calls.filter((call) => call.settled !== undefined).length;
  const far = `${wholeText(settled)} of ${countText(calls.length, 'call')} that started ended so far`;
  const answers = settled === 0 ? '' : `; andwait logs ${id} CALL shows what one of them answered`;
  if (run?.state === 'running') {
    return `run ${id} is still at work; its result comes when it ends (${far}); andwait watch ${id} follows it${answers}`;
  }
  const next = run === undefined ? undefined : nextStepOf(run.description, undefined);
  return `run ${id} was cut off before it had a result${answers}${next === undefined ? '' : `; ${next}`}`;
}

function noResult({ description }: RecordedRun, result: RunResult): string {
  const { status, error, pause } = result;
  const why = error === null ? (pause?.message ?? '') : `${error.name}: ${error.message}`;
  const next = nextStepOf(description, result);
  const told = `run ${description.runId} has no result, it ended as ${status}${why === '' ? '' : `: ${why}`}`;
  return next === undefined ? told : `${told}; ${next}`;
}
