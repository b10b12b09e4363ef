/** A run as its page shows it. Whoever reads the run's folder fills this in; nothing here knows of files. */
import type { Json } from '../../core/json.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { AttemptEnd, RunOptions, RunResult, RunStatus, Tally } from '../../core/run.ts';
import type { SetbackRecord, StartedRecord } from '../../wire/records/record.ts';
import type { RunFindings } from '../progress/run-findings.ts';
import type { CallStory } from '../transcript/call-story.ts';

/** All times are milliseconds since the epoch. */
export interface PageRun {
  readonly runId: string;
  readonly name: string;
  readonly description: string;
  readonly kind: 'workflow' | 'exec' | 'map' | 'new' | 'worker' | 'standing';
  readonly status: PageStatus;
  readonly startedAt: number;
  /** The last thing known of it: its end, or now while it runs. */
  readonly endedAt: number;
  readonly scriptPath: string;
  readonly script: string | undefined;
  readonly args: Json | undefined;
  readonly cwd: string;
  readonly options: RunOptions;
  /** The run of another engine that it goes on with, in words. */
  readonly rescuedFrom: string | undefined;
  readonly attempts: readonly PageAttempt[];
  /** In the order they started. */
  readonly calls: readonly PageCall[];
  readonly result: RunResult | undefined;
  readonly log: readonly PageLogLine[];
  /** What to type to go on with it; `undefined` where there is nothing to go on with. */
  readonly nextStep: string | undefined;
  /** What is wrong with the files themselves. */
  readonly notice: string | undefined;
  /** When the page was made, and by which version. */
  readonly madeAt: number;
  readonly version: string;
}

/** `unfinished`: cut off; nobody works on it. `standing`: a day's calls, which nobody begins or ends. */
export type PageStatus = RunStatus | 'running' | 'unfinished' | 'standing';

export interface PageLogLine {
  readonly at: number;
  /** Our own word for what happened to the run; empty where the script speaks. */
  readonly label: string;
  readonly text: string;
}

export interface PageAttempt extends AttemptEnd {
  /** What answered its agents. */
  readonly agent: string;
  readonly rehearsal: boolean;
  readonly endedAt: number;
  readonly calls: AttemptCalls;
}

/** What came of the calls that it made or answered from its journal. */
export interface AttemptCalls {
  readonly tally: Tally;
  readonly findings: RunFindings;
  /** Started and not settled. */
  readonly open: number;
}

export interface PageCall {
  readonly started: StartedRecord;
  readonly endedAt: number;
  /** `undefined` while it runs, or where the run was cut off. */
  readonly outcome: Outcome | undefined;
  /** Tries that did not settle it, for whose causes it waited again. */
  readonly setbacks: readonly SetbackRecord[];
  /** It waits after the last of these. */
  readonly isPutBack: boolean;
  /** Attempts that took its answer over. */
  readonly replayedIn: readonly number[];
  /** `undefined` where nothing that it said was recorded. */
  readonly story: CallStory | undefined;
}

export const CALL_STATES = [
  'failed',
  'unfinished',
  'running',
  'waiting',
  'stopped',
  'denied',
  'done',
] as const;
/** `denied`: it replied, and was refused a tool on the way. */
export type PageCallState = (typeof CALL_STATES)[number];

export function stateOf({ outcome, isPutBack }: PageCall, run: PageRun): PageCallState {
  if (outcome === undefined) {
    return run.status !== 'running' ? 'unfinished' : isPutBack ? 'waiting' : 'running';
  }
  if (outcome.kind === 'reply') return outcome.denials.length > 0 ? 'denied' : 'done';
  return outcome.reason === 'stopped' ? 'stopped' : 'failed';
}

/** Whether its end is that of the last attempt too: what failed before was asked again, or is no longer asked. */
export function isCurrent({ started, replayedIn }: PageCall, run: PageRun): boolean {
  const last = run.attempts.at(-1)?.attempt;
  return last === undefined || started.attempt === last || replayedIn.includes(last);
}
