/** A run is one execution of a script: its options, its counts and its end. */
import type { Effort } from './call.ts';
import type { Json } from './json.ts';
import { type FailureReason, NO_USAGE, type Usage } from './outcome.ts';

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
  /** Milliseconds of one attempt, by the clock. Likewise. */
  readonly timeMs?: number | null;
  /** Where a cap is reached, what runs is stopped; else it may finish. Likewise. */
  readonly hard?: boolean;
}

export const CAPS = ['agents', 'tokens', 'cost', 'time'] as const;
export type CapName = (typeof CAPS)[number];

/** A cap's no to a call. */
export interface CapRefusal {
  readonly cap: CapName;
  /** For the script and the person: which cap, how large it is, what raises it. */
  readonly message: string;
  /** The flag with which the run can go on, as it is typed. */
  readonly raise: string;
}

/** `max(2, min(16, cores − 2))`: what the real engine was measured to use. */
export function defaultConcurrency(cores: number): number {
  return Math.max(2, Math.min(16, cores - 2));
}

export const DEFAULT_AGENT_CAP = 1000;

/** Longer than any model was seen to think without a word: who is silent for so long, with no tool running, hangs. */
export const DEFAULT_IDLE_MS = 3_600_000;

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
  /** How long an agent may say nothing; `null` is no limit. Runs of the first versions do not tell, and have none. */
  readonly idleMs?: number | null;
  /** Once the account is used up, it waits until there is more. */
  readonly waitForQuota?: boolean;
  /** Which ends of calls make a failure of the whole, as it was typed. */
  readonly failOn?: string;
  /** Milliseconds between the starts of two agents; `auto`: the first of each kind goes ahead, for the others to find its cache. */
  readonly delay?: number | 'auto';
  /** Of the queue through which other hosts carry its agents out: without its password. */
  readonly queue?: string;
  /** Of a run whose agents other hosts carry out, or did: what they start from, in all of its attempts. */
  readonly tree?: RunTree;
  /** Of a run that an agent's session began. */
  readonly session?: SessionOrigin;
}

/**
 * What agents on other hosts start from. `committed`: the last commit, and uncommitted changes stay behind. `as-is`: with them,
 * and with untracked files that are not ignored. `none`: nothing travels, and agents work in the folder that each host has for them.
 */
export const TREE_CHOICES = ['committed', 'as-is', 'none'] as const;
export type TreeChoice = (typeof TREE_CHOICES)[number];

export interface RunTree {
  readonly choice: TreeChoice;
  /** Not of `none`. */
  readonly start?: {
    /** Root of the repository's working tree. */
    readonly repository: string;
    /** Commit, and how it travels: read as what came from elsewhere is. */
    readonly tree: object;
  };
}

/** What holds when nothing is said. */
export function defaultOptions(cores: number): RunOptions {
  return {
    caps: {
      concurrency: defaultConcurrency(cores),
      agents: DEFAULT_AGENT_CAP,
      outputTokens: null,
      costUsd: null,
    },
    agent: 'auto',
    rehearse: false,
    model: undefined,
    effort: undefined,
    modelFor: {},
    permissionMode: 'acceptEdits',
    allowedTools: [],
    timeoutMs: null,
    idleMs: DEFAULT_IDLE_MS,
  };
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

export interface RunHeld {
  readonly cause: HoldCause;
  /** Milliseconds since the epoch: when it goes on, as far as is known. */
  readonly resetAt: number | null;
}

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
  /** By cap that refused calls, or stopped them: the flag with which the run can go on, as it is typed. */
  readonly raises: Readonly<Partial<Record<CapName, string>>>;
  /** Replies whose agent was denied a tool. */
  readonly denied: number;
  /** Replies without a word, and without a value. */
  readonly empty: number;
  /** A person had them passed over: the script got `null`. */
  readonly skipped: number;
  /** The failed ones, by reason. */
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>;
  /** Times that an agent's end was no end of its call, which then waited again. */
  readonly putBack: number;
  /** Ran, and told neither tokens nor cost: no budget saw them. */
  readonly unmetered: number;
}

export const NO_CALLS: CallCounts = {
  total: 0,
  done: 0,
  failed: 0,
  replayed: 0,
  stopped: 0,
  refused: 0,
  raises: {},
  denied: 0,
  empty: 0,
  skipped: 0,
  failures: {},
  putBack: 0,
  unmetered: 0,
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

/** Counts, tokens and dollars of a run so far: folded from its events (`tallyAfter`). */
export interface Tally {
  readonly calls: CallCounts;
  readonly usage: Usage;
  readonly costUsd: number;
}

export const EMPTY_TALLY: Tally = { calls: NO_CALLS, usage: NO_USAGE, costUsd: 0 };
