/** Makes the run ready in which a model writes a script: one that reads the folder, and may do nothing else there. */
import type { Program } from '../../core/program.ts';
import type { RunEvent } from '../../core/progress.ts';
import type { RunOptions } from '../../core/run.ts';
import { describedRun } from '../../journal/describe-run.ts';
import { newRunId, type RunFolder } from '../../journal/run-folder.ts';
import { makePrivateDir, stateDir } from '../../journal/state-dir.ts';
import { backendFor } from '../../launch/agent-backend.ts';
import { openerOf } from '../../launch/open-run-place.ts';
import { scriptPartsIn } from '../../launch/prepare-launch.ts';
import { savedWorkflows } from '../../launch/saved-workflows.ts';
import type { Stops } from '../../launch/stops.ts';
import { shortLine } from '../../report/text/safe-text.ts';
import { type Assignment, answerSchema } from '../../workflow/authoring/author-prompt.ts';
import { type Authored, launchAuthoring } from '../../workflow/authoring/launch-authoring.ts';
import { rehearsalCaps, rehearseScript } from '../../workflow/authoring/rehearse-script.ts';
import { MAX_DRAFTS } from '../../workflow/authoring/write-script.ts';
import { SAMPLE_SCRIPT } from './sample-script.ts';

export interface AuthorOrder {
  readonly assignment: Omit<Assignment, 'saved'>;
  readonly cwd: string;
  /** Of the run that may follow. */
  readonly options: RunOptions;
}

const READING = ['Read', 'Grep', 'Glob'];
/** Samples come at once: a script that works for so long without waiting does not end. */
const REHEARSAL_SYNC_MS = 10_000;

/** What is wrong with the order is said before there is a run; the returned function begins it, and rejects as `launchAuthoring` does. */
export async function prepareAuthoring(
  order: AuthorOrder,
  program: Program,
  stops: Stops,
): Promise<(progress: (event: RunEvent) => void) => Promise<Authored>> {
  const { clock, pid, uid, cores, random } = program;
  const { assignment, cwd } = order;
  const options = optionsOfAuthor(order.options);
  const flags = ['--tools', READING.join(',')];
  const backendIn = await backendFor(options, cwd, program, stops, { flags });
  const { agents, outputTokens: budgetTokens } = order.options.caps;
  const rehearsal = {
    ...scriptPartsIn(cwd, program, REHEARSAL_SYNC_MS),
    ...{ clock, cwd, budgetTokens, caps: rehearsalCaps(agents, cores) },
  };
  const glanced = await savedWorkflows(cwd, program).glance();
  // The first of a name is the one that would run.
  const saved = new Map(glanced.toReversed().map(({ meta }) => [meta.name, meta]));
  const { task } = assignment;
  const state = stateDir(program);
  makePrivateDir(state, uid);
  const runId = newRunId(clock.now(), random);
  const args = { task, args: assignment.args ?? null };
  const told = { runId, name: `new ${shortLine(task, 60)}`, description: task, args, options };
  const opener = openerOf(options, 'none', program);
  const startedAt = clock.now();
  const description = describedRun({ ...told, kind: 'new', scriptPath: '', cwd, startedAt });
  return async (progress) =>
    await launchAuthoring(
      {
        ...told,
        assignment: { ...assignment, saved: [...saved.values()].reverse() },
        schema: answerSchema(options.rehearse ? SAMPLE_SCRIPT : undefined),
        open: () => opener.openNew(state, description, undefined),
      },
      {
        ...{ pid, clock, progress, backendIn: (folder: RunFolder) => backendIn(folder, runId) },
        rehearse: (script, its, signal) => rehearseScript(script, its, rehearsal, signal),
      },
      stops.signal,
    );
}

/** It writes one answer; what the run that follows may do is no business of its. */
function optionsOfAuthor(options: RunOptions): RunOptions {
  const { costUsd = null, timeMs = null, hard = false } = options.caps;
  return {
    ...options,
    caps: { concurrency: 1, agents: MAX_DRAFTS, outputTokens: null, costUsd, timeMs, hard },
    modelFor: {},
    permissionMode: 'dontAsk',
    // Looking at what is in the folder needs no leave; a rule that gives it would give the whole disk.
    allowedTools: [],
  };
}
