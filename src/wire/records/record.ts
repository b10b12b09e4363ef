/** The lines of a run's journal. Field names are for ever: a journal of any released version must load (unknown fields are kept). */
import type { AgentCall, Effort } from '../../core/call.ts';
import type { Json } from '../../core/json.ts';
import type { Outcome, Pressure } from '../../core/outcome.ts';
import type { CapName, HoldCause, RunOptions, RunStatus, Steerer, Steering } from '../../core/run.ts';

export const JOURNAL_FORMAT = 1;

/** All times are milliseconds since the epoch. */
export interface HeaderRecord {
  readonly type: 'header';
  readonly format: number;
  readonly runId: string;
  readonly version: string;
  readonly at: number;
}

/** A process began to work on the run: the first one, or one that resumed it. */
export interface AttemptRecord {
  readonly type: 'attempt';
  readonly attempt: number;
  /** What answers its agents, in words: program and version. */
  readonly agent: string;
  /** A rehearsal's outcomes are reused in rehearsals only. */
  readonly rehearsal: boolean;
  /** File in the run's folder that holds the script of this attempt. */
  readonly script: string;
  /** That the script declares. Absent where there is no script, and in journals of the first versions. */
  readonly phases?: readonly string[];
  readonly args: Json | undefined;
  readonly options: RunOptions;
  readonly pid: number;
  readonly at: number;
}

/** A call was given a place. Its prompt is the first line of its transcript. */
export interface StartedRecord {
  readonly type: 'started';
  readonly call: number;
  readonly key: string;
  readonly label: string;
  readonly phase: string | undefined;
  readonly workflow: string | undefined;
  readonly model: string | undefined;
  readonly effort: Effort | undefined;
  readonly isolation: 'worktree' | undefined;
  readonly agentType: string | undefined;
  readonly hasSchema: boolean;
  readonly attempt: number;
  readonly at: number;
}

/** The process of a call that runs. */
export interface ProcessRecord {
  readonly type: 'process';
  readonly call: number;
  readonly pid: number;
  readonly at: number;
}

/**
 * A call that another engine ran is found again by its prompt. What else its folder told stands here too, and speaks
 * against a call that asks for something else; what is absent was not told.
 */
export interface PromptMatch {
  readonly by: 'prompt';
  readonly promptHash: string;
  /** As the script named it, else the one that answered. */
  readonly model?: string;
  /** `null`: it had none. */
  readonly agentType?: string | null;
}

/** A call settled. Synced to disk before the script hears of it. */
export interface OutcomeRecord {
  readonly type: 'outcome';
  readonly call: number;
  readonly key: string;
  readonly outcome: Outcome;
  /** Present in what was taken over from another engine. */
  readonly match?: PromptMatch;
  readonly durationMs: number;
  readonly attempt: number;
  readonly at: number;
}

/** What an agent came to was no end of its call: that waits again. Its tokens and dollars were spent. */
export interface SetbackRecord {
  readonly type: 'setback';
  readonly call: number;
  readonly key: string;
  readonly cause: SetbackCause;
  readonly outcome: Outcome;
  readonly attempt: number;
  readonly at: number;
}

export type SetbackCause =
  | Pressure['kind']
  /** It said nothing for too long. */
  | 'idle'
  /** A person wants it anew. */
  | 'retry';

/** Somebody took hold of the run from outside. */
export interface SteeredRecord {
  readonly type: 'steered';
  readonly action: Steering;
  /** Of `skip` and `retry`. */
  readonly call?: number;
  readonly by: Steerer;
  /** Why nothing came of it. */
  readonly refused?: string;
  readonly at: number;
}

/** Nothing new of the run starts from here on. */
export interface HeldRecord {
  readonly type: 'held';
  readonly cause: HoldCause;
  /** Milliseconds since the epoch; `null`: not known. */
  readonly resetAt: number | null;
  readonly at: number;
}

/** It goes on. */
export interface ReleasedRecord {
  readonly type: 'released';
  readonly at: number;
}

/** A call was answered from an earlier attempt's outcome, which stands under the same number. */
export interface ReplayedRecord {
  readonly type: 'replayed';
  readonly call: number;
  readonly key: string;
  readonly attempt: number;
  readonly at: number;
}

/** A cap refused calls: told as their number in this attempt doubles, and when the attempt ends. */
export interface RefusedRecord {
  readonly type: 'refused';
  /** Of the first. */
  readonly label: string;
  readonly cap: CapName;
  /** The flag that raises it far enough. Journals of the first versions tell neither this nor the count. */
  readonly raise?: string;
  /** So far; absent is one. */
  readonly count?: number;
  readonly at: number;
}

export interface PhaseRecord {
  readonly type: 'phase';
  readonly title: string;
  readonly workflow: string | undefined;
  readonly at: number;
}

export interface LogRecord {
  readonly type: 'log';
  readonly text: string;
  /** The failed call that the line repeats. Journals of the first versions do not tell. */
  readonly call?: number | undefined;
  readonly at: number;
}

export interface EndRecord {
  readonly type: 'end';
  readonly attempt: number;
  readonly status: RunStatus;
  readonly at: number;
}

export type JournalRecord =
  | HeaderRecord
  | AttemptRecord
  | StartedRecord
  | ProcessRecord
  | OutcomeRecord
  | SetbackRecord
  | SteeredRecord
  | HeldRecord
  | ReleasedRecord
  | ReplayedRecord
  | RefusedRecord
  | PhaseRecord
  | LogRecord
  | EndRecord;

/** One line, its line feed included. */
export function encodeRecord(record: JournalRecord): string {
  return `${JSON.stringify(record)}\n`;
}

export function startedRecord(call: AgentCall, attempt: number, at: number): StartedRecord {
  return {
    type: 'started',
    call: call.id,
    key: call.key,
    label: call.label,
    phase: call.phase,
    workflow: call.workflow,
    model: call.model,
    effort: call.effort,
    isolation: call.isolation,
    agentType: call.agentType,
    hasSchema: call.schema !== undefined,
    attempt,
    at,
  };
}
