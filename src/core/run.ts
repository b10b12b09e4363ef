/** A run is one execution of a script: its options, its counts and its end. */
import type { Effort } from './call.ts';
import type { Json } from './json.ts';
import { addUsage, type FailureReason, NO_USAGE, type Usage } from './outcome.ts';

/** Limits of one run; `null` is no limit. */
export interface RunCaps {
  /** Agents alive at once. */
  readonly concurrency: number;
  /** Calls over the whole run. */
  readonly agents: number;
  /** Output tokens over the whole run. */
  readonly outputTokens: number | null;
  /** US dollars over the whole run, of the calls that name a price. Runs of the first versions do not tell. */
  readonly costUsd?: number | null;
}

export const CAPS = ['agents', 'tokens', 'cost', 'time'] as const;
export type CapName = (typeof CAPS)[number];

/** `max(2, min(16, cores − 2))`: what the real engine was measured to use. */
export function defaultConcurrency(cores: number): number {
  return Math.max(2, Math.min(16, cores - 2));
}

export const DEFAULT_AGENT_CAP = 1000;

/** The choices of the command line that a resumed run starts from. */
export interface RunOptions {
  readonly caps: RunCaps;
  readonly agent: 'claude' | 'print' | 'auto';
  readonly rehearse: boolean;
  readonly model: string | undefined;
  readonly effort: Effort | undefined;
  readonly modelFor: Readonly<Record<string, string>>;
  readonly permissionMode: string;
  readonly allowedTools: readonly string[];
  readonly timeoutMs: number | null;
  /** Of a run that an agent's session began. */
  readonly session?: SessionOrigin;
}

/** Its agents may do what the session might, and no more: also when the run is gone on with from a shell. */
export interface SessionOrigin {
  readonly sessionId: string;
  /** For every agent, in the words of the agent's command line. */
  readonly flags: readonly string[];
  /** Names of flags whose value is not written down here, since it may hold a secret. */
  readonly unkept: readonly string[];
}

export type RunStatus =
  /** The script returned. */
  | 'completed'
  /** The script threw, or broke a limit of the sandbox. */
  | 'failed'
  /** A cap ended it; it can go on with a larger one. */
  | 'capped'
  /** What it cannot help ended it (`RunPause`); it can go on later, and nothing of it counts as failed. */
  | 'paused'
  /** A person or a signal ended it. */
  | 'stopped'
  /** It never started: the script was refused. */
  | 'refused';

/** Why a run was ended before its work was done, by no fault of its own. */
export interface RunPause {
  readonly cause: 'quota' | 'credentials' | 'time';
  /** Milliseconds since the epoch: when it can go on, as far as is known. */
  readonly resetAt: number | null;
  /** For a person: what was received, and what to do. */
  readonly message: string;
}

/** Why nothing new of a run starts while what runs goes on. */
export type HoldCause = 'person' | RunPause['cause'];

/** Who took hold of a run from outside, as far as the system tells. */
export interface Steerer {
  readonly pid: number;
  readonly uid: number;
  readonly user: string;
}

export const STEERINGS = ['stop', 'pause', 'continue', 'skip', 'retry'] as const;
/** `skip` and `retry` are for one call, the others for the whole run. */
export type Steering = (typeof STEERINGS)[number];

export interface RunError {
  readonly name: string;
  readonly message: string;
  /** Stack with the author's file and lines, where there is one. */
  readonly stack: string | undefined;
}

export interface CallCounts {
  /** Calls the script made that got past the caps. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly replayed: number;
  /** Ended by us before they were through: the run stopped, or the script did not wait. */
  readonly stopped: number;
  /** Refused by a cap before they started. */
  readonly refused: number;
  /** Replies whose agent was denied a tool. */
  readonly denied: number;
}

export const NO_CALLS: CallCounts = {
  total: 0,
  done: 0,
  failed: 0,
  replayed: 0,
  stopped: 0,
  refused: 0,
  denied: 0,
};

/** One process's work on a run: the first, or one that resumed it. */
export interface AttemptEnd {
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** `null`: cut off before it could say. */
  readonly status: RunStatus | null;
}

/** How a run ended: the object of `--output json` and of `result.json`. */
export interface RunResult {
  readonly type: 'result';
  readonly runId: string | null;
  readonly name: string | null;
  readonly status: RunStatus;
  readonly result: Json;
  readonly error: RunError | null;
  /** Of a `paused` run. */
  readonly pause?: RunPause;
  readonly calls: CallCounts;
  readonly usage: Usage;
  /** Sum over the calls that named a price. */
  readonly costUsd: number;
  readonly durationMs: number;
  /** This attempt last. Counts, tokens and dollars above are this attempt's alone. */
  readonly attempts: readonly AttemptEnd[];
}

/** Counts, tokens and dollars of a run so far: folded, one outcome at a time. */
export interface Tally {
  readonly calls: CallCounts;
  readonly usage: Usage;
  readonly costUsd: number;
}

export const EMPTY_TALLY: Tally = { calls: NO_CALLS, usage: NO_USAGE, costUsd: 0 };

export function tallyStarted(tally: Tally): Tally {
  return { ...tally, calls: { ...tally.calls, total: tally.calls.total + 1 } };
}

export function tallyRefusal(tally: Tally): Tally {
  return { ...tally, calls: { ...tally.calls, refused: tally.calls.refused + 1 } };
}

/** How a call ended, as far as counting goes. */
export interface CallEnd {
  readonly end: 'reply' | FailureReason;
  readonly replayed: boolean;
  readonly denials: readonly string[];
  readonly usage: Usage;
  readonly costUsd: number | null;
}

/** What was paid in an earlier attempt is not paid again: a replayed call counts, its tokens and dollars do not. */
export function tallySettled(tally: Tally, call: CallEnd): Tally {
  const bucket = bucketOf(call);
  const calls = {
    ...tally.calls,
    [bucket]: tally.calls[bucket] + 1,
    denied: tally.calls.denied + (call.denials.length > 0 ? 1 : 0),
  };
  return call.replayed ? { ...tally, calls } : tallyPaid({ ...tally, calls }, call);
}

export function tallyPaid(tally: Tally, { usage, costUsd }: Pick<CallEnd, 'usage' | 'costUsd'>): Tally {
  return {
    ...tally,
    usage: addUsage(tally.usage, usage),
    costUsd: tally.costUsd + (costUsd ?? 0),
  };
}

function bucketOf({ end, replayed }: CallEnd): 'done' | 'failed' | 'replayed' | 'stopped' {
  if (replayed) return 'replayed';
  if (end === 'reply') return 'done';
  return end === 'stopped' ? 'stopped' : 'failed';
}
