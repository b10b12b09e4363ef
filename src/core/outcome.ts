/** An outcome is what a call amounts to, once and for all: a reply or a failure, of the same shape. */
import type { Json } from './json.ts';

/** Tokens, as the model API bills them. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheCreationTokens: number;
}

export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheCreationTokens: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheCreationTokens: a.cacheCreationTokens + b.cacheCreationTokens,
  };
}

/** A tool the agent wanted and was not given. */
export interface Denial {
  readonly toolName: string;
  readonly toolUseId: string;
  readonly toolInput: Json;
}

/** Edits left behind by an isolated agent: a worktree that was kept because it changed. */
export interface KeptWorktree {
  readonly path: string;
  readonly branch: string;
  /** `git diff --stat` against the commit it started from, uncommitted and untracked files included. */
  readonly diffStat: string;
}

/** What an agent told of itself, whichever way it ended. */
export interface AgentAccount {
  readonly usage: Usage;
  /** US dollars; `null` when the agent named no price (never read as free). */
  readonly costUsd: number | null;
  readonly turns: number;
  readonly sessionId: string | undefined;
  readonly model: string | undefined;
  readonly denials: readonly Denial[];
  readonly worktree: KeptWorktree | undefined;
  /** Of a legacy call: how its process ended, so that a resumed recipe sees the same. */
  readonly process?: LegacyEnd;
  /** Its output tells neither tokens nor cost: such calls are counted and named, never taken for free. */
  readonly unmetered?: true;
  /** Name of the host that ran it, where that was another one than the run's. */
  readonly host?: string;
}

/** The end of a recipe's own `claude -p`, as the recipe saw it. */
export interface LegacyEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Length of its recorded stdout (`agents/<call>.out` in the run's folder); `null` when it was not recorded whole. */
  readonly stdoutBytes: number | null;
}

export const NO_ACCOUNT: AgentAccount = {
  usage: NO_USAGE,
  costUsd: null,
  turns: 0,
  sessionId: undefined,
  model: undefined,
  denials: [],
  worktree: undefined,
};

export interface Reply extends AgentAccount {
  readonly kind: 'reply';
  readonly text: string;
  /** The validated value, when the call had a schema. */
  readonly structured: Json | undefined;
}

/** One reason per remedy. */
export type FailureReason =
  /** The model API refused or failed for good: see `apiStatus` and the message. */
  | 'api-error'
  /** The turn limit was reached: raise `--max-turns` or ask for less. */
  | 'max-turns'
  /** The reply never matched the schema: loosen the schema or say more in the prompt. */
  | 'schema-never-met'
  /** The agent itself reported another error. */
  | 'agent-error'
  /** The agent was interrupted from outside andwait (SIGINT). */
  | 'interrupted'
  /** The per-call time limit passed. */
  | 'timeout'
  /** Nothing came from it for longer than it may be silent (`--idle-timeout`). */
  | 'idle'
  /** andwait ended it: the run was stopped, or the script ended first. */
  | 'stopped'
  /** A person had this one call passed over. */
  | 'skipped'
  /** A signal that was not ours ended the process: out of memory, another user's kill. */
  | 'killed'
  /** The program could not be started at all: path, permission, limits. */
  | 'spawn-failed'
  /** The process ended, or closed its output, without a `result` event. */
  | 'no-result'
  /** A good `result` event, then a bad exit status. */
  | 'exit'
  /** One line of its output, or its whole output, was larger than can be kept; or its command line than can be started. */
  | 'too-large'
  /** The isolated working tree could not be made. */
  | 'worktree-failed';

export interface Failure extends AgentAccount {
  readonly kind: 'failure';
  readonly reason: FailureReason;
  /** For a person: what happened, quoting what was received. */
  readonly message: string;
  /** HTTP status of the model API, where there was one. */
  readonly apiStatus: number | undefined;
  /** Text that came before the end, kept because it was paid for. */
  readonly text: string | undefined;
  /** The end of the process's stderr, bounded. */
  readonly stderrTail: string | undefined;
}

export type Outcome = Reply | Failure;

/** What an agent hears from its model API that is no fault of its own, and concerns every other agent, too. */
export type Pressure =
  /** Too many requests, or a model that is overloaded (429, 529): it passes. */
  | {
      readonly kind: 'limited';
      /** HTTP, where it was told. */
      readonly status: number | null;
      /** Milliseconds from now until the API wants to hear of us again; `null`: it did not say. */
      readonly retryAfterMs: number | null;
    }
  /** What the account may use is used up. */
  | {
      readonly kind: 'quota';
      /** Milliseconds since the epoch; `null`: it did not say. */
      readonly resetAt: number | null;
      readonly message: string;
    }
  /** Key or login is refused: nothing will work until a person mends it. */
  | { readonly kind: 'credentials'; readonly message: string };

/** A failure with nothing told yet. */
export function failure(
  reason: FailureReason,
  message: string,
  more: Partial<Omit<Failure, 'kind' | 'reason' | 'message'>> = {},
): Failure {
  return {
    kind: 'failure',
    reason,
    message,
    apiStatus: undefined,
    text: undefined,
    stderrTail: undefined,
    ...NO_ACCOUNT,
    ...more,
  };
}

/** What a call comes to that was stopped while it waited, or before its process was there. */
export function neverStarted(): Failure {
  return failure('stopped', 'stopped before it started');
}

/** What a call comes to whose agent was stopped while it ran. */
export function stoppedMidway(): Failure {
  return failure('stopped', 'stopped by andwait before it was through');
}
