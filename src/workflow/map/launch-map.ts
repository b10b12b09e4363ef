/** Carries a map out as a run: its attempt and its end in the journal, `result.json` when it is over. */
import type { Json } from '../../core/json.ts';
import type { AgentBackend, Clock } from '../../core/ports.ts';
import { type RunEvent, tallyAfter } from '../../core/progress.ts';
import { EMPTY_TALLY, type RunOptions, type RunResult } from '../../core/run.ts';
import { type RunFolder, writeResult } from '../../journal/run-folder.ts';
import { type OpenedRun, tellHeld } from '../opened-run.ts';
import { RunStopped } from '../run-workflow.ts';
import { spreadStarts } from '../starts/spread-starts.ts';
import type { ItemResult } from './ask-item.ts';
import type { ItemCounts } from './item-counts.ts';
import type { MapItem } from './map-item.ts';
import { type MapEnd, type MapPlan, runMap } from './run-map.ts';

export interface MapLaunch {
  readonly runId: string;
  readonly name: string;
  readonly description: string;
  /** What the map was asked, for the journal. */
  readonly args: Json;
  readonly options: RunOptions;
  readonly plan: MapPlan;
  readonly openItems: (signal: AbortSignal) => AsyncIterable<MapItem>;
  /** Makes or reopens the run's folder. From here on the run exists. */
  readonly open: () => Promise<OpenedRun>;
}

export interface LaunchMapDeps {
  readonly pid: number;
  readonly clock: Clock;
  readonly backendIn: (folder: RunFolder) => AgentBackend;
  readonly progress: (event: RunEvent) => void;
  readonly counted: (counts: ItemCounts) => void;
  readonly emit: (result: ItemResult) => Promise<void>;
}

export interface MapOutcome {
  readonly result: RunResult;
  readonly end: MapEnd;
}

/** Rejects when the folder cannot be had, the journal cannot be written or the pool is lost; by then no agent runs any more. */
export async function launchMap(
  launch: MapLaunch,
  deps: LaunchMapDeps,
  signal: AbortSignal,
): Promise<MapOutcome> {
  await using run = await launch.open();
  const { clock, pid } = deps;
  const { args, options, name, runId } = launch;
  const backend = deps.backendIn(run.folder);
  await using _agents = { [Symbol.asyncDispose]: () => backend.close() };
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
  progress({
    type: 'run_started',
    runId,
    name,
    description: launch.description,
    phases: [],
    agent,
    at: startedAt,
  });
  run.listen((text) => progress({ type: 'log', text, call: undefined, at: clock.now() }));
  for (const notice of run.notices) warn(notice);
  tellHeld(run, progress, clock);
  const starts = spreadStarts({ pool: run.pool, backend }, options.delay, clock);
  const mapDeps = { ...starts, clock, progress, warn, emit: deps.emit, counted: deps.counted };
  const isStopped = run.stopped === undefined ? signal : AbortSignal.any([signal, run.stopped]);
  const end = await runMap(launch.openItems, launch.plan, mapDeps, isStopped);
  const { status, error, pause } = endOf(end, isStopped);
  await journal.commit({ type: 'end', attempt, status, at: clock.now() });
  const result: RunResult = {
    type: 'result',
    runId,
    name,
    status,
    result: { ...end.counts },
    error,
    ...(pause === undefined ? {} : { pause }),
    ...tally,
    durationMs: Math.round(clock.monotonicMs() - began),
    attempts: [...run.attempts, { attempt, startedAt, status }],
  };
  await writeResult(run.folder, result);
  return { result, end };
}

function endOf({ why }: MapEnd, signal: AbortSignal): Pick<RunResult, 'status' | 'error' | 'pause'> {
  switch (why) {
    case 'input-ended':
    case 'halted':
      return { status: 'completed', error: null };
    case 'capped':
      return { status: 'capped', error: null };
    case 'stopped': {
      const pause = signal.reason instanceof RunStopped ? signal.reason.pause : undefined;
      if (pause !== undefined) return { status: 'paused', error: null, pause };
      const message = signal.aborted
        ? (signal.reason as Error).message
        : 'the run was stopped from elsewhere';
      return { status: 'stopped', error: { name: 'Stopped', message, stack: undefined } };
    }
  }
}
