/** `andwait result RUN`: what a run returned, as `andwait run` would have printed it. */
import { EXIT, UserError } from '../../core/exit.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import type { RunResult } from '../../core/run.ts';
import { type RecordedRun, readRun } from '../../journal/run-record.ts';
import { countText, wholeText } from '../../report/text/figures.ts';
import { shortLine } from '../../report/text/safe-text.ts';
import { nextStepOf } from '../next-step.ts';
import { printLines, saidOn } from '../print-lines.ts';
import { hasReturned, returnedText } from '../run/run-output.ts';
import { chosenRun } from './chosen-run.ts';
import type { ResultOptions } from './reading-options.ts';

/** Where the one asked for is missing. */
const FIELDS_TOLD = 20;

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
  if (options.json && options.field !== undefined) {
    throw new UserError('result: --json is the whole of it, --field one field; give one of them');
  }
  if (options.json) return await print(JSON.stringify(result));
  if (!hasReturned(result)) throw new UserError(noResult(run, result), EXIT.scriptFailed);
  const told =
    options.field === undefined ? result : { ...result, result: fieldOf(id, result, options.field) };
  return await print(returnedText(told).replace(/\n$/, ''));
}

function fieldOf(id: string, { result }: RunResult, field: string): Json {
  const fields = isJsonObject(result) ? result : {};
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value !== undefined) return value;
  const names = Object.keys(fields)
    .slice(0, FIELDS_TOLD)
    .map((name) => shortLine(name, 40));
  const has = names.length === 0 ? 'no object' : `an object with ${names.join(', ')}`;
  throw new UserError(
    `run ${id} returned no ${JSON.stringify(field)}; it returned ${has}`,
    EXIT.scriptFailed,
  );
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
