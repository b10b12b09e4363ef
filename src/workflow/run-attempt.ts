/** One attempt at a run whose calls no script makes: its beginning and its end in the journal, `result.json` when it is over. */
import type { Json } from '../core/json.ts';
import type { AgentBackend, Clock } from '../core/ports.ts';
import { type RunEvent, tallyAfter } from '../core/progress.ts';
import { EMPTY_TALLY, type RunOptions, type RunResult } from '../core/run.ts';
import { type RunFolder, writeResult } from '../journal/run-folder.ts';
import { closing } from '../wire/closing.ts';
import type { CallDeps } from './call-agent.ts';
import { type OpenedRun, tellHeld } from './opened-run.ts';
import { endOfStop, RunStopped } from './run-workflow.ts';
import { spreadStarts } from './starts/spread-starts.ts';

export interface AttemptPlan {
  readonly runId: string;
  readonly name: string;
  readonly description: string;
  /** What was asked for, for the journal. */
  readonly args: Json;
  readonly options: RunOptions;
  /** Makes or reopens the run's folder. From here on the run exists. */
  readonly open: () => Promise<OpenedRun>;
}

export interface AttemptDeps {
  readonly pid: number;
  readonly clock: Clock;
  readonly backendIn: (folder: RunFolder) => AgentBackend;
  readonly progress: (event: RunEvent) => void;
}

export type AttemptEnd = Pick<RunResult, 'status' | 'error' | 'pause' | 'result'>;

/** What makes the calls. `signal` is aborted when the run is to end, whoever wants it to. */
export type AttemptWork<T> = (
  calls: CallDeps,
  folder: RunFolder,
  signal: AbortSignal,
) => Promise<{ readonly end: AttemptEnd; readonly value: T }>;

/** Rejects when the folder cannot be had, the journal cannot be written or the pool is lost; by then no agent runs any more. */
export async function runAttempt<T>(
  { args, options, name, description, runId, open }: AttemptPlan,
  deps: AttemptDeps,
  signal: AbortSignal,
  work: AttemptWork<T>,
): Promise<{ readonly result: RunResult; readonly value: T }> {
  await using run = await open();
  const { clock, pid } = deps;
  const backend = deps.backendIn(run.folder);
  await using _agents = closing(backend);
  const { attempt, journal, scriptFile: script } = run;
  const startedAt = clock.now();
  const rehearsal = options.rehearse;
  const agent = backend.title;
  await journal.commit({
    type: 'attempt',
    attempt,
    agent,
    rehearsal,
    script,
    args,
    options,
    pid,
    at: startedAt,
  });
  const began = clock.monotonicMs();
  let tally = EMPTY_TALLY;
  const progress = (event: RunEvent): void => {
    tally = tallyAfter(tally, event);
    deps.progress(event);
  };
  const warn = (text: string): void => {
    journal.append({ type: 'log', text, at: clock.now() });
    progress({ type: 'log', text, call: undefined, at: clock.now() });
  };
  progress({ type: 'run_started', runId, name, description, phases: [], agent, at: startedAt });
  run.listen((text) => progress({ type: 'log', text, call: undefined, at: clock.now() }));
  for (const notice of run.notices) warn(notice);
  tellHeld(run, progress, clock);
  const starts = spreadStarts({ pool: run.pool, backend }, options.delay, clock);
  const isStopped = run.stopped === undefined ? signal : AbortSignal.any([signal, run.stopped]);
  const { end, value } = await work({ ...starts, clock, progress, warn }, run.folder, isStopped);
  const { status } = end;
  await journal.commit({ type: 'end', attempt, status, at: clock.now() });
  const result: RunResult = {
    type: 'result',
    runId,
    name,
    ...end,
    ...tally,
    durationMs: Math.round(clock.monotonicMs() - began),
    attempts: [...run.attempts, { attempt, startedAt, status }],
  };
  await writeResult(run.folder, result);
  return { result, value };
}

/** How a run ends that `signal` ended. */
export function endByStop(signal: AbortSignal): Omit<AttemptEnd, 'result'> {
  return endOfStop(
    signal.aborted ? (signal.reason as Error) : new RunStopped('the run was stopped from elsewhere'),
  );
}
