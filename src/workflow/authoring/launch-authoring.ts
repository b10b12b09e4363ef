/** Carries out the run in which a model writes a script: its drafts are kept in the run's folder, what stands at the end is its result. */
import type { Json, JsonObject } from '../../core/json.ts';
import type { RunResult } from '../../core/run.ts';
import { writeFileAtomic } from '../../journal/atomic-file.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import type { ParsedScript } from '../../script/parse-script.ts';
import { callRequestOf } from '../call-request.ts';
import {
  type AttemptDeps,
  type AttemptEnd,
  type AttemptPlan,
  endByStop,
  runAttempt,
} from '../run-attempt.ts';
import { type Assignment, authorPrompt } from './author-prompt.ts';
import { type CheckedDraft, checkDraft } from './check-draft.ts';
import type { Rehearsal } from './rehearse-script.ts';
import { MAX_DRAFTS, type Written, writeScript } from './write-script.ts';

export interface AuthoringLaunch extends AttemptPlan {
  readonly assignment: Assignment;
  /** Of the model's answer (`answerSchema`). */
  readonly schema: JsonObject;
}

export interface AuthoringDeps extends AttemptDeps {
  /** Rejects when `signal` is aborted. */
  readonly rehearse: (
    script: ParsedScript,
    args: Json | undefined,
    signal: AbortSignal,
  ) => Promise<Rehearsal>;
}

export interface Authored {
  readonly result: RunResult;
  readonly folder: RunFolder;
  /** `undefined`: the run was ended before anything came of it. */
  readonly written: Written | undefined;
}

/** Rejects as `runAttempt` does. */
export async function launchAuthoring(
  launch: AuthoringLaunch,
  deps: AuthoringDeps,
  signal: AbortSignal,
): Promise<Authored> {
  const { assignment, schema, options } = launch;
  const { model, effort } = options;
  const choices = { model, effort, modelFor: new Map(), metaModels: new Map() };
  const place = { phase: undefined, workflow: undefined };
  const { result, value } = await runAttempt(launch, deps, signal, async (calls, folder, stop) => {
    const writing = writeScript(
      {
        requestFor: (refused, number) => {
          const label = number === 1 ? 'write' : `mend ${number - 1}`;
          return callRequestOf(authorPrompt(assignment, refused), { schema, label }, place, choices);
        },
        keep: (draft, number) => writeFileAtomic(folder.draftFile(number), draft.text),
        check: (draft, number) =>
          checkDraft(assignment.args === undefined ? draft : { ...draft, args: assignment.args }, {
            file: `draft-${number}.js`,
            name: assignment.name,
            rehearse: (script, args) => deps.rehearse(script, args, stop),
          }),
        objected: (objection, number) => {
          const what = number < MAX_DRAFTS ? 'is handed back' : 'is no better';
          calls.warn(`draft ${number} ${what}: ${firstLine(objection)}`);
        },
      },
      calls,
      stop,
    );
    const written = await untilStopped(writing, stop);
    if (written?.kind === 'good') await keepGood(written.draft, folder);
    return { end: endOf(written, stop), value: { written, folder } };
  });
  return { result, ...value };
}

/** A rehearsal rejects where an agent would have settled; to the run it is the same. */
async function untilStopped(writing: Promise<Written>, signal: AbortSignal): Promise<Written | undefined> {
  try {
    const written = await writing;
    const isStopped = written.kind === 'failed' && written.failure.reason === 'stopped';
    return isStopped ? undefined : written;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

async function keepGood({ text, args }: CheckedDraft, folder: RunFolder): Promise<void> {
  await writeFileAtomic(folder.scriptFile, text);
  if (args !== undefined) await writeFileAtomic(folder.argsFile, `${JSON.stringify(args)}\n`);
}

function endOf(written: Written | undefined, signal: AbortSignal): AttemptEnd {
  if (written === undefined) return { ...endByStop(signal), result: null };
  switch (written.kind) {
    case 'good':
      return { status: 'completed', error: null, result: written.draft.text };
    case 'bad':
      return failed(
        'ScriptRefused',
        `none of ${written.drafts} drafts is a script that can run; the last one: ${written.objection}`,
      );
    case 'failed':
      return failed('Error', `the model gave no script: ${written.failure.message}`);
    case 'capped':
      return { status: 'capped', error: null, result: null };
  }
}

function failed(name: string, message: string): AttemptEnd {
  return { status: 'failed', error: { name, message, stack: undefined }, result: null };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
