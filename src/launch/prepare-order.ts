/** Makes a run ready that a session ordered: finds its script, or the run to go on with, and holds it to the session's terms. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { printProgram } from '../agent/program/find-program.ts';
import { UserError } from '../core/exit.ts';
import type { Json } from '../core/json.ts';
import type { Program } from '../core/program.ts';
import { defaultOptions, type RunOptions } from '../core/run.ts';
import { runIds } from '../journal/find-run.ts';
import { newRunId, RunFolder } from '../journal/run-folder.ts';
import { type RecordedRun, readRun } from '../journal/run-record.ts';
import { makePrivateDir, stateDir } from '../journal/state-dir.ts';
import type { SessionTerms, WorkflowOrder, WorkflowScript } from '../print/workflows/workflow-runner.ts';
import { MAX_SCRIPT_BYTES } from '../script/decode-script.ts';
import { parseSource, type ScriptSource } from '../script/parse-script.ts';
import { readRegularFile } from '../wire/files/regular-file.ts';
import { type SavedWorkflows, savedHere } from '../workflow/saved/find-workflow.ts';
import { describedWorkflow } from './describe-workflow.ts';
import { type PreparedRun, prepareLaunch } from './prepare-launch.ts';
import { savedWorkflows } from './saved-workflows.ts';
import type { Stops } from './stops.ts';

export interface PreparedOrder extends PreparedRun {
  readonly scriptText: string;
}

/** Throws `UserError` and `ScriptRefused` for what the model can mend. Nothing has been made by then. */
export async function prepareOrder(
  order: WorkflowOrder,
  program: Program,
  stops: Stops,
): Promise<PreparedOrder> {
  const { terms, resumeFromRunId } = order;
  const earlier = resumeFromRunId === undefined ? undefined : await ownRun(resumeFromRunId, terms, program);
  const source = await sourceOf(order.script, earlier, savedWorkflows(program.cwd, program));
  const options = optionsUnder(terms, program.cores);
  const args = order.args === undefined ? earlier?.args : order.args;
  const runId = earlier?.runId ?? newRunId(program.clock.now(), program.random);
  const ofSession = { program: printProgram(program), flags: unrecordedFlags(terms) };
  const { cwd } = program;
  const reuse = earlier === undefined ? 'none' : 'content';
  const prepared = await prepareLaunch(
    { runId, source, args, cwd, options, reuse, ...(terms.rehearse ? {} : { ofSession }) },
    program,
    stops,
  );
  const ready = prepared((opener) =>
    earlier === undefined
      ? opener.openNew(
          privateStateDir(program),
          describedWorkflow(
            { runId, source, args, cwd, options },
            { scriptPath: pathOf(order.script, source, cwd), startedAt: program.clock.now() },
          ),
          source.text,
        )
      : opener.reopen(earlier.folder, runId, source.text),
  );
  const { agentTypes } = ready.deps;
  return {
    ...ready,
    deps: {
      ...ready.deps,
      agentTypes: async () => [...new Set([...(await agentTypes()), ...terms.agentTypes])],
    },
    scriptText: source.text,
  };
}

interface EarlierRun {
  readonly runId: string;
  readonly folder: RunFolder;
  readonly args: Json | undefined;
}

/** Another session's run may hold what this one must not see: it is not told apart from one that does not exist. */
async function ownRun(runId: string, { sessionId }: SessionTerms, program: Program): Promise<EarlierRun> {
  const state = stateDir(program);
  const folder = runIds(state).includes(runId) ? new RunFolder(state, runId) : undefined;
  const run = folder === undefined ? undefined : await readRun(folder);
  if (folder === undefined || run === undefined || !isOf(run, sessionId)) {
    throw new UserError(
      `resumeFromRunId ${JSON.stringify(runId)} names no run of this session; leave it out to begin a new run`,
    );
  }
  const { args } = run.attempts.at(-1) ?? run.description;
  return { runId, folder, args };
}

function isOf({ description }: RecordedRun, sessionId: string): boolean {
  return description.kind === 'workflow' && description.options.session?.sessionId === sessionId;
}

async function sourceOf(
  script: WorkflowScript,
  earlier: EarlierRun | undefined,
  saved: SavedWorkflows,
): Promise<ScriptSource> {
  switch (script.kind) {
    case 'text':
      return parseSource(Buffer.from(script.text), 'workflow.js');
    case 'name':
      return await savedSource(script.name, saved);
    case 'file':
      return parseSource(await scriptIn(script.file), script.file);
    case 'recorded': {
      if (earlier === undefined) throw new Error('there is no run whose script could be run again');
      const file = earlier.folder.scriptFile;
      return parseSource(await readFile(file).catch(unreadable(file)), file);
    }
  }
}

async function savedSource(name: string, saved: SavedWorkflows): Promise<ScriptSource> {
  const found = await saved.named(name);
  if (found !== undefined) return found.workflow;
  throw new UserError(
    `there is no saved workflow ${JSON.stringify(name)}; ${savedHere(await saved.names())}`,
  );
}

async function scriptIn(file: string): Promise<Uint8Array> {
  const reading = await readRegularFile(file, MAX_SCRIPT_BYTES).catch(unreadable(file));
  if (reading.kind === 'read') return reading.bytes;
  throw new UserError(`the workflow script ${file} cannot be read: ${reading.why}`);
}

function unreadable(file: string): (error: NodeJS.ErrnoException) => never {
  return ({ code }) => {
    throw new UserError(
      code === 'ENOENT'
        ? `there is no workflow script ${file}`
        : `the workflow script ${file} cannot be read (${code})`,
    );
  };
}

function optionsUnder(terms: SessionTerms, cores: number): RunOptions {
  const { sessionId, model, effort, permissionMode, allowedTools, flags, remainingUsd, rehearse } = terms;
  const base = defaultOptions(cores);
  return {
    ...base,
    caps: { ...base.caps, costUsd: remainingUsd ?? null },
    agent: rehearse ? 'auto' : 'print',
    rehearse,
    model,
    effort,
    permissionMode,
    allowedTools,
    session: {
      sessionId,
      flags: flags.kept,
      unkept: flags.unkept.filter((word) => word.startsWith('--')),
    },
  };
}

/** The budget is this order's: a later one has less of it, or more. */
function unrecordedFlags({ flags, remainingUsd }: SessionTerms): readonly string[] {
  return [...flags.unkept, ...(remainingUsd === undefined ? [] : ['--max-budget-usd', String(remainingUsd)])];
}

const WRITTEN_BY_MODEL = 'Workflow';

/** What the model wrote lies nowhere but in the run's own folder. */
function pathOf(script: WorkflowScript, { script: { path: file } }: ScriptSource, cwd: string): string {
  return script.kind === 'text' ? WRITTEN_BY_MODEL : path.resolve(cwd, file);
}

function privateStateDir(program: Program): string {
  const state = stateDir(program);
  makePrivateDir(state, program.uid);
  return state;
}
