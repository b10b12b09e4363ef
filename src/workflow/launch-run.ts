/** Carries a run out: pool and sandbox around the script, every record in its journal, `result.json` when it is over. */
import type { Json } from '../core/json.ts';
import type { AgentBackend, Clock } from '../core/ports.ts';
import type { RunEvent } from '../core/progress.ts';
import type { RunOptions, RunResult } from '../core/run.ts';
import { type RunFolder, writeResult } from '../journal/run-folder.ts';
import type { ParsedScript } from '../script/parse-script.ts';
import type { ScriptHost } from '../script/script-host.ts';
import { closing } from '../wire/closing.ts';
import { type OpenedRun, tellHeld } from './opened-run.ts';
import type { RunChoices } from './run-session.ts';
import { runWorkflow } from './run-workflow.ts';
import type { WorkflowFinder } from './saved/find-workflow.ts';
import { spreadStarts } from './starts/spread-starts.ts';

export interface RunLaunch {
  readonly runId: string;
  readonly script: ParsedScript;
  readonly args: Json | undefined;
  readonly options: RunOptions;
  /** Makes or reopens the run's folder. From here on the run exists. */
  readonly open: () => Promise<OpenedRun>;
}

export interface LaunchDeps {
  readonly pid: number;
  readonly clock: Clock;
  /** Starts the script's own process. */
  readonly startHost: () => ScriptHost;
  /** Made once the run has a folder: isolated working trees live in it. */
  readonly backendIn: (folder: RunFolder) => AgentBackend;
  readonly workflows: WorkflowFinder;
  readonly agentTypes: () => Promise<readonly string[]>;
  readonly progress: (event: RunEvent) => void;
}

/** Rejects when the folder cannot be had or the journal cannot be written; by then no agent runs any more. */
export async function launchRun(
  launch: RunLaunch,
  deps: LaunchDeps,
  signal: AbortSignal,
): Promise<RunResult> {
  await using host = deps.startHost();
  await using run = await launch.open();
  const { journal, folder, attempt } = run;
  const { clock } = deps;
  const { script, args, options, runId } = launch;
  const backend = deps.backendIn(folder);
  await using _agents = closing(backend);
  const startedAt = clock.now();
  await journal.commit({
    type: 'attempt',
    attempt,
    agent: backend.title,
    rehearsal: options.rehearse,
    script: run.scriptFile,
    phases: script.meta.phases.map(({ title }) => title),
    args,
    options,
    pid: deps.pid,
    at: startedAt,
  });
  const session = {
    ...deps,
    host,
    ...spreadStarts({ pool: run.pool, backend }, options.delay, clock),
    choices: choicesOf(options),
    budgetTokens: options.caps.outputTokens,
    spentBefore: run.spentTokens,
    notices: run.notices,
    record: journal.append.bind(journal),
  };
  run.listen((text) => deps.progress({ type: 'log', text, call: undefined, at: clock.now() }));
  const argsJson = args === undefined ? undefined : JSON.stringify(args);
  const isStopped = run.stopped === undefined ? signal : AbortSignal.any([signal, run.stopped]);
  tellHeld(run, deps.progress, clock);
  const end = await runWorkflow(script, argsJson, runId, session, isStopped);
  const { status } = end;
  await journal.commit({ type: 'end', attempt, status, at: clock.now() });
  const result = { ...end, attempts: [...run.attempts, { attempt, startedAt, status }] };
  await writeResult(folder, result);
  return result;
}

function choicesOf({ model, effort, modelFor }: RunOptions): RunChoices {
  return { model, effort, modelFor: new Map(Object.entries(modelFor)) };
}
