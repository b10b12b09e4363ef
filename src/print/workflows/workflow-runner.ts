/** The port through which a session has workflows run: print mode knows what it asks for, and not who does it. */
import type { Effort } from '../../core/call.ts';
import type { Json } from '../../core/json.ts';
import type { Usage } from '../../core/outcome.ts';
import type { Program } from '../../core/program.ts';
import type { RunResult } from '../../core/run.ts';

/** Loads it: a session that runs no workflow pays nothing for it. */
export type LoadWorkflowRunner = (program: Program) => Promise<WorkflowRunner>;

/**
 * Contract: never rejects for what the script, its agents, the pool or the disk are like: that is an end. After an abort
 * of `signal` it resolves, as stopped, once nothing of the run is alive.
 */
export interface WorkflowRunner {
  run(order: WorkflowOrder, signal: AbortSignal): Promise<WorkflowEnd>;
}

export interface WorkflowOrder {
  readonly script: WorkflowScript;
  readonly args: Json | undefined;
  /** A run of this session, whose finished agents are not asked again. */
  readonly resumeFromRunId: string | undefined;
  readonly terms: SessionTerms;
}

export type WorkflowScript =
  | { readonly kind: 'text'; readonly text: string }
  /** A saved one. */
  | { readonly kind: 'name'; readonly name: string }
  /** Absolute. */
  | { readonly kind: 'file'; readonly file: string }
  /** That of the run which is gone on with. */
  | { readonly kind: 'recorded' };

/** What the session may do, as it is at this moment: its agents are held to the same. */
export interface SessionTerms {
  readonly sessionId: string;
  readonly model: string;
  readonly effort: Effort | undefined;
  readonly permissionMode: string;
  readonly allowedTools: readonly string[];
  readonly flags: HandedOnFlags;
  /** Names that `agentType` may have besides those in files. */
  readonly agentTypes: readonly string[];
  /** What is left of the session's budget; `undefined` where it has none. */
  readonly remainingUsd: number | undefined;
  readonly rehearse: boolean;
}

export interface HandedOnFlags {
  /** To be recorded with the run. */
  readonly kept: readonly string[];
  /** Their values may hold secrets, and are written nowhere. */
  readonly unkept: readonly string[];
}

export type WorkflowEnd =
  /** Nothing began. The message is for the model. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It began and could not be carried through: no pool, no disk. */
  | {
      readonly kind: 'broken';
      readonly runId: string;
      readonly message: string;
      readonly spent: AgentSpending;
    }
  | {
      readonly kind: 'ended';
      readonly runId: string;
      readonly name: string;
      /** As it ran. */
      readonly scriptText: string;
      readonly result: RunResult;
      /** The last lines of the run's log. */
      readonly log: readonly string[];
      /** Names of tools that agents were denied. */
      readonly denied: readonly string[];
      readonly spent: AgentSpending;
    };

/** What agents cost that ran for this order, failed and stopped ones too; replayed ones cost nothing. */
export type AgentSpending = readonly AgentCost[];

export interface AgentCost {
  /** `undefined` where the agent ended before it said. */
  readonly model: string | undefined;
  readonly usage: Usage;
  /** `null` where it named no price. */
  readonly costUsd: number | null;
}
