/** What a run says while it runs: the lines of `--output ndjson`, and all that the progress display knows. */
import type { FailureReason, KeptWorktree, Outcome, Usage } from './outcome.ts';
import {
  type CapName,
  type HoldCause,
  type RunResult,
  type Tally,
  tallyPaid,
  tallyRefusal,
  tallySettled,
  tallyStarted,
} from './run.ts';

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
      readonly durationMs: number;
      readonly at: number;
    }
  | {
      readonly type: 'call_refused';
      /** Its number, when it had been queued before the cap was reached. */
      readonly call: number | undefined;
      readonly label: string;
      readonly cap: CapName;
      readonly message: string;
      readonly at: number;
    }
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

/** Counts of a run after something of it happened. */
export function tallyAfter(tally: Tally, event: RunEvent): Tally {
  switch (event.type) {
    case 'call_queued':
      return tallyStarted(tally);
    case 'call_refused':
      return tallyRefusal(tally);
    case 'call_settled':
      return tallySettled(tally, event);
    case 'call_put_back':
      return tallyPaid(tally, event);
    default:
      return tally;
  }
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
type Named = { readonly id: number; readonly label: string };

/** The end of a call as it is shown. */
export function settledEvent(
  { id, label }: Named,
  outcome: Outcome,
  how: { readonly replayed: boolean; readonly durationMs: number; readonly at: number },
): EventOf<'call_settled'> {
  const { usage, costUsd, worktree } = outcome;
  return {
    type: 'call_settled',
    call: id,
    label,
    end: outcome.kind === 'reply' ? 'reply' : outcome.reason,
    summary: summaryOf(outcome),
    usage,
    costUsd,
    denials: outcome.denials.map(({ toolName }) => toolName),
    worktree,
    ...how,
  };
}

/** An agent's end that was none of its call. */
export function putBackEvent({ id, label }: Named, outcome: Outcome, at: number): EventOf<'call_put_back'> {
  const { usage, costUsd } = outcome;
  return { type: 'call_put_back', call: id, label, summary: summaryOf(outcome), usage, costUsd, at };
}

const SUMMARY_CHARACTERS = 200;

function summaryOf(outcome: Outcome): string {
  return (outcome.kind === 'reply' ? outcome.text : outcome.message).slice(0, SUMMARY_CHARACTERS);
}
