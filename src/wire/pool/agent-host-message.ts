/** What a run and the process that starts its agents say to each other: one JSON object a line, over the host's stdin and stdout. */
import type { AgentCall } from '../../core/call.ts';
import type { Outcome, Pressure } from '../../core/outcome.ts';
import type { LeaseTicket } from '../../core/ports.ts';
import type { CallActivity, CallSoFar } from '../../core/progress.ts';

/** Where an agent works, when not where the run does. */
export interface AgentPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The host's first line is its setup; `Setup` is what its backend is made of. */
export type ToAgentHost<Setup> =
  | { readonly type: 'setup'; readonly setup: Setup }
  | {
      readonly type: 'run';
      readonly call: AgentCall;
      readonly ticket: LeaseTicket | undefined;
      readonly session: string | undefined;
      readonly place: AgentPlace | undefined;
      readonly budgetUsd: number | undefined;
    }
  | { readonly type: 'stop'; readonly call: number }
  /** Whatever is being ended is killed. */
  | { readonly type: 'hurry' };

export type FromAgentHost =
  | { readonly type: 'runs'; readonly call: number; readonly pid: number }
  | {
      readonly type: 'activity';
      readonly call: number;
      readonly activity: CallActivity;
      readonly soFar: CallSoFar | undefined;
    }
  | { readonly type: 'pressed'; readonly call: number; readonly pressure: Pressure }
  | { readonly type: 'warn'; readonly call: number; readonly message: string }
  | { readonly type: 'outcome'; readonly call: number; readonly outcome: Outcome };
