/** What a run says while it runs: the lines of `--output ndjson`, and all that the progress display knows. */
import type { AgentCall } from './call.ts';
import {
  addUsage,
  type FailureReason,
  type KeptWorktree,
  neverStarted,
  type Outcome,
  type Usage,
} from './outcome.ts';
import type { CallCounts, CapRefusal, HoldCause, RunResult, Tally } from './run.ts';

/** Times are milliseconds since the epoch. */
export type RunEvent =
  | {
      readonly type: 'run_started';
      readonly runId: string;
      readonly name: string;
      readonly description: string;
      readonly phases: readonly string[];
      /** What answers the agents, in words: `claude 2.1.330`, `rehearsal`. */
      readonly agent: string;
      readonly at: number;
    }
  | {
      readonly type: 'phase';
      readonly title: string;
      readonly workflow: string | undefined;
      readonly at: number;
    }
  | {
      readonly type: 'log';
      readonly text: string;
      /** The failed call this line repeats, for scripts and readers that rely on the log alone. */
      readonly call: number | undefined;
      readonly at: number;
    }
  | {
      readonly type: 'call_queued';
      readonly call: number;
      readonly label: string;
      readonly phase: string | undefined;
      readonly workflow: string | undefined;
      readonly model: string | undefined;
      readonly at: number;
    }
  | { readonly type: 'call_started'; readonly call: number; readonly at: number }
  /** Another host than the run's has its agent; told again when that changes. */
  | { readonly type: 'call_placed'; readonly call: number; readonly host: string; readonly at: number }
  /** What its agent came to was no end of it: it waits again, and starts once more. */
  | {
      readonly type: 'call_put_back';
      readonly call: number;
      readonly label: string;
      readonly summary: string;
      readonly usage: Usage;
      readonly costUsd: number | null;
      readonly at: number;
    }
  | {
      readonly type: 'call_activity';
      readonly call: number;
      readonly activity: CallActivity;
      /** Where the agent's events tell it. */
      readonly soFar?: CallSoFar | undefined;
      readonly at: number;
    }
  | {
      readonly type: 'call_settled';
      readonly call: number;
      readonly label: string;
      readonly end: 'reply' | FailureReason;
      /** First words of the reply, or the failure's message. */
      readonly summary: string;
      readonly replayed: boolean;
      readonly usage: Usage;
      readonly costUsd: number | null;
      readonly denials: readonly string[];
      readonly worktree: KeptWorktree | undefined;
      /** A reply without a word, and without a value. */
      readonly isEmpty?: boolean;
      /** It ran, and told neither tokens nor cost. */
      readonly isUnmetered?: boolean;
      /** That ran it, where it was another one than the run's. */
      readonly host?: string;
      readonly durationMs: number;
      /** Of a stopped one: a cap stopped it, as if it had refused the call. */
      readonly cappedBy?: CapRefusal;
      readonly at: number;
    }
  | (CapRefusal & {
      readonly type: 'call_refused';
      /** Its number, when it had been queued before the cap was reached. */
      readonly call: number | undefined;
      readonly label: string;
      /** So many refusals with these words; absent is one. */
      readonly times?: number;
      readonly at: number;
    })
  /** Nothing new starts from here on; what runs goes on. */
  | {
      readonly type: 'run_held';
      readonly cause: HoldCause;
      /** When it goes on, as far as is known. */
      readonly resetAt: number | null;
      readonly at: number;
    }
  | { readonly type: 'run_released'; readonly at: number }
  | RunResult;

/** What a running agent has told of itself. */
export interface CallSoFar {
  /** A lower bound: the last message may still grow. */
  readonly usage: Usage;
  /** The one that answers, whichever was asked for. */
  readonly model: string | undefined;
}

/** What an agent is doing now, as far as its events tell. */
export type CallActivity =
  | { readonly kind: 'tool'; readonly tool: string }
  | { readonly kind: 'text' }
  | {
      readonly kind: 'retry';
      readonly attempt: number;
      readonly delayMs: number;
      readonly status: number | null;
    };

export type SettledEvent = Extract<RunEvent, { readonly type: 'call_settled' }>;

/** What is known of a call besides what its agent came to. */
export interface CallHistory {
  readonly replayed: boolean;
  readonly durationMs: number;
  readonly cappedBy?: CapRefusal | undefined;
  readonly at: number;
}

const SUMMARY_CHARACTERS = 200;

/** First words of a reply, or a failure's message. */
function summaryOf(outcome: Outcome): string {
  return (outcome.kind === 'reply' ? outcome.text : outcome.message).slice(0, SUMMARY_CHARACTERS);
}

export function settledEvent(
  { id, label }: Pick<AgentCall, 'id' | 'label'>,
  outcome: Outcome,
  { replayed, durationMs, cappedBy, at }: CallHistory,
): SettledEvent {
  const isReply = outcome.kind === 'reply';
  // Of a recipe's call that wrote to a terminal itself nobody but its reader knows what it said.
  const isRecorded = outcome.process?.stdoutBytes !== null;
  const isEmpty = isReply && isRecorded && outcome.structured === undefined && outcome.text.trim() === '';
  return {
    type: 'call_settled',
    call: id,
    label,
    end: isReply ? 'reply' : outcome.reason,
    summary: summaryOf(outcome),
    replayed,
    usage: outcome.usage,
    costUsd: outcome.costUsd,
    denials: outcome.denials.map(({ toolName }) => toolName),
    worktree: outcome.worktree,
    ...(isEmpty ? { isEmpty } : {}),
    ...(outcome.unmetered ? { isUnmetered: true } : {}),
    ...(outcome.host === undefined ? {} : { host: outcome.host }),
    durationMs,
    ...(cappedBy === undefined ? {} : { cappedBy }),
    at,
  };
}

/** It waited, and its run ended. */
export function neverStartedEvent(call: Pick<AgentCall, 'id' | 'label'>, at: number): SettledEvent {
  return settledEvent(call, neverStarted(), { replayed: false, durationMs: 0, at });
}

/** Counts of a run after something of it happened. */
export function tallyAfter(tally: Tally, event: RunEvent): Tally {
  switch (event.type) {
    case 'call_queued':
      return counted(tally, 'total');
    case 'call_refused':
      return withRaise(counted(tally, 'refused', event.times), event);
    case 'call_settled':
      return tallySettled(tally, event);
    case 'call_put_back':
      return tallyPaid(counted(tally, 'putBack'), event);
    default:
      return tally;
  }
}

/** An agent's end that was none of its call. */
export function putBackEvent(
  { id, label }: Pick<AgentCall, 'id' | 'label'>,
  outcome: Outcome,
  at: number,
): Extract<RunEvent, { readonly type: 'call_put_back' }> {
  const { usage, costUsd } = outcome;
  return { type: 'call_put_back', call: id, label, summary: summaryOf(outcome), usage, costUsd, at };
}

/** What was paid in an earlier attempt is not paid again: a replayed call counts, its tokens and dollars do not. */
function tallySettled(before: Tally, event: SettledEvent): Tally {
  const { end, replayed, denials, isEmpty = false, isUnmetered = false, cappedBy } = event;
  let tally = counted(before, bucketOf(event));
  if (denials.length > 0) tally = counted(tally, 'denied');
  if (isEmpty) tally = counted(tally, 'empty');
  if (replayed) return tally;
  if (isUnmetered) tally = counted(tally, 'unmetered');
  if (cappedBy !== undefined) tally = withRaise(tally, cappedBy);
  return tallyPaid(isFailureEnd(end) ? withFailure(tally, end) : tally, event);
}

function counted(tally: Tally, what: Exclude<keyof CallCounts, 'failures' | 'raises'>, by = 1): Tally {
  return { ...tally, calls: { ...tally.calls, [what]: tally.calls[what] + by } };
}

function withRaise(tally: Tally, { cap, raise }: CapRefusal): Tally {
  return { ...tally, calls: { ...tally.calls, raises: { ...tally.calls.raises, [cap]: raise } } };
}

function withFailure(tally: Tally, reason: FailureReason): Tally {
  const { failures } = tally.calls;
  const all = { ...failures, [reason]: (failures[reason] ?? 0) + 1 };
  return { ...tally, calls: { ...tally.calls, failures: all } };
}

function tallyPaid(tally: Tally, { usage, costUsd }: Pick<SettledEvent, 'usage' | 'costUsd'>): Tally {
  return { ...tally, usage: addUsage(tally.usage, usage), costUsd: tally.costUsd + (costUsd ?? 0) };
}

function bucketOf({ end, replayed }: SettledEvent): 'done' | 'failed' | 'replayed' | 'skipped' | 'stopped' {
  if (replayed) return 'replayed';
  if (isFailureEnd(end)) return 'failed';
  return end === 'reply' ? 'done' : end;
}

/** What was stopped, or passed over by a person, did not fail. */
export function isFailureEnd(
  end: 'reply' | FailureReason,
): end is Exclude<FailureReason, 'stopped' | 'skipped'> {
  return end !== 'reply' && end !== 'stopped' && end !== 'skipped';
}
