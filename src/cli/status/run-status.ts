/** How far a run is, in one object: what `andwait status RUN --json` prints. Field names are for ever. */
import type { FailureReason, Usage } from '../../core/outcome.ts';
import type { Program } from '../../core/program.ts';
import { type CallActivity, tallyAfter } from '../../core/progress.ts';
import {
  type AttemptEnd,
  type CallCounts,
  EMPTY_TALLY,
  type HoldCause,
  type RunError,
  type RunPause,
  type RunResult,
  type RunStatus,
} from '../../core/run.ts';
import { attemptEnds } from '../../journal/attempt-ends.ts';
import type { FollowedEnd } from '../../journal/follow/follow-run.ts';
import type { RunKind } from '../../journal/run-folder.ts';
import type { CallView } from '../../report/progress/group-view.ts';
import { RunView } from '../../report/progress/run-view.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';
import type { AttemptRecord, JournalRecord } from '../../wire/records/record.ts';
import { nextCommandOf, nextStepOf } from '../next-step.ts';
import type { ChosenRun } from '../reading/chosen-run.ts';
import { runFeed } from '../watch/run-feed.ts';
import { WaitingCalls } from '../watch/waiting-calls.ts';
import { type HostStatus, hostsOf } from './status-hosts.ts';

/** Times are milliseconds since the epoch; counts, tokens and dollars are those of the last attempt. */
export interface RunStatusReport {
  readonly type: 'run_status';
  readonly runId: string;
  readonly name: string;
  readonly kind: RunKind;
  /** `unfinished`: nobody works on it, and it told no end; a crash leaves that. */
  readonly state: RunStatus | 'running' | 'unfinished' | 'standing';
  /** What answers its agents. */
  readonly agent: string | null;
  readonly cwd: string;
  readonly startedAt: number;
  readonly attempts: readonly AttemptEnd[];
  /** Why nothing new of a running run starts. */
  readonly held: {
    readonly cause: HoldCause;
    readonly resetAt: number | null;
    readonly since: number;
  } | null;
  /** Of a paused run. */
  readonly pause: RunPause | null;
  readonly error: RunError | null;
  readonly calls: {
    /** Known where the pool answers, or the run is over; `null` elsewhere. */
    readonly waiting: number | null;
    readonly running: number;
  } & CallNumbers;
  /** How many calls ended how: `reply`, a failure's reason, or `replayed`. */
  readonly ends: Readonly<Record<string, number>>;
  readonly usage: Usage;
  readonly costUsd: number;
  /** Calls that did work and named no price. */
  readonly unpricedCalls: number;
  readonly running: readonly RunningCallStatus[];
  /** That its last attempt has its agents carried out through, without its password. */
  readonly queue: string | null;
  /** Other hosts that have or had its agents, in the order of their names. */
  readonly hosts: readonly HostStatus[];
  readonly failures: readonly FailureStatus[];
  /** What to type to go on with it, where there is something to go on with. */
  readonly next: string | null;
}

/** As `result.json` counts them once the run has ended; of what only waited no file tells before. */
type CallNumbers = Pick<
  CallCounts,
  | 'done'
  | 'failed'
  | 'replayed'
  | 'stopped'
  | 'skipped'
  | 'refused'
  | 'denied'
  | 'empty'
  | 'putBack'
  | 'unmetered'
>;

export interface RunningCallStatus {
  readonly call: number;
  readonly label: string;
  readonly phase: string | null;
  readonly workflow: string | null;
  readonly model: string | null;
  /** That has its agent; `null`: this one, or, of a run that a queue carries out, none so far. */
  readonly host: string | null;
  readonly startedAt: number | null;
  readonly activity: CallActivity | null;
  /** So far. */
  readonly usage: Usage | null;
}

export interface FailureStatus {
  readonly reason: FailureReason;
  readonly message: string;
  readonly count: number;
  /** The first few. */
  readonly calls: readonly number[];
}

export interface RunNow {
  readonly report: RunStatusReport;
  readonly view: RunView;
  readonly result: RunResult | undefined;
  readonly nextStep: string | undefined;
}

/** `pool`: its state, where it answers. */
export async function runNow(
  chosen: ChosenRun,
  pool: PoolStatus | undefined,
  { clock, kill }: Program,
): Promise<RunNow> {
  const { folder, description } = chosen;
  const view = new RunView();
  let tally = EMPTY_TALLY;
  let told: { readonly records: readonly JournalRecord[]; readonly end: FollowedEnd | undefined } = {
    records: [],
    end: undefined,
  };
  const stop = new AbortController();
  for await (const batch of runFeed(folder, description, { clock, kill }, stop.signal)) {
    for (const event of batch.events) {
      view.apply(event);
      tally = tallyAfter(tally, event);
    }
    told = batch;
    break;
  }
  const { records, end } = told;
  if (pool !== undefined && end === undefined) {
    const waiting = new WaitingCalls(description.runId);
    for (const event of waiting.events(pool, view, clock.now())) view.apply(event);
  }
  const result = end?.kind === 'ended' ? end.result : undefined;
  const nextStep = end === undefined ? undefined : nextStepOf(description, result);
  const report = reportOf(chosen, view, {
    records,
    end,
    result,
    counted: (result ?? tally).calls,
    isAsked: pool !== undefined,
  });
  return { report, view, result, nextStep };
}

interface Told {
  readonly records: readonly JournalRecord[];
  readonly end: FollowedEnd | undefined;
  readonly result: RunResult | undefined;
  readonly counted: CallCounts;
  readonly isAsked: boolean;
}

function reportOf(
  { description }: ChosenRun,
  view: RunView,
  { records, end, result, counted, isAsked }: Told,
): RunStatusReport {
  const { runId, name, kind, cwd, startedAt } = description;
  const { queued, running } = view.counts;
  const { held } = view;
  const isRunning = end === undefined;
  return {
    type: 'run_status',
    runId,
    name,
    kind,
    state: isRunning ? 'running' : (result?.status ?? (kind === 'standing' ? 'standing' : 'unfinished')),
    agent: view.started?.agent ?? null,
    cwd,
    startedAt,
    attempts: attemptEnds(records),
    held:
      isRunning && held !== undefined ? { cause: held.cause, resetAt: held.resetAt, since: held.at } : null,
    pause: result?.pause ?? null,
    error: result?.error ?? null,
    calls: { waiting: isAsked || !isRunning ? queued : null, running, ...numbersOf(counted) },
    ends: { ...endsOf(view), ...unrecordedEnds(result) },
    usage: view.usage,
    costUsd: view.costUsd,
    unpricedCalls: view.findings.unpricedCalls,
    running: [...view.calls.values()].filter(({ state }) => state === 'running').map(runningOf),
    // A worker takes from one, and has its agents here.
    queue: kind === 'worker' ? null : (lastAttempt(records)?.options.queue ?? null),
    hosts: hostsOf(view),
    failures: [...view.findings.failures].map(({ reason, message, count, firstCalls }) => {
      return { reason, message, count, calls: firstCalls.map(({ id }) => id) };
    }),
    next: isRunning ? null : (nextCommandOf(description, result) ?? null),
  };
}

function lastAttempt(records: readonly JournalRecord[]): AttemptRecord | undefined {
  return records.findLast((record) => record.type === 'attempt');
}

function numbersOf(counts: CallCounts): CallNumbers {
  const { done, failed, replayed, stopped, skipped, refused, denied, empty, putBack, unmetered } = counts;
  return { done, failed, replayed, stopped, skipped, refused, denied, empty, putBack, unmetered };
}

/** What was stopped while it waited is in the result alone. */
function unrecordedEnds(result: RunResult | undefined): Record<string, number> {
  const stopped = result?.calls.stopped ?? 0;
  return stopped === 0 ? {} : { stopped };
}

function endsOf(view: RunView): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const { settled } of view.calls.values()) {
    if (settled === undefined) continue;
    const end = settled.replayed ? 'replayed' : settled.end;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

function runningOf({
  id,
  label,
  group,
  model,
  host,
  startedAt,
  activity,
  soFar,
}: CallView): RunningCallStatus {
  return {
    call: id,
    label,
    phase: group.title ?? null,
    workflow: group.workflow ?? null,
    model: soFar?.model ?? model ?? null,
    host: host ?? null,
    startedAt: startedAt ?? null,
    activity: activity?.is ?? null,
    usage: soFar?.usage ?? null,
  };
}
