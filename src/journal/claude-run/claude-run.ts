/** A run of Claude Code's own Workflow tool as a plain value: what its folders tell, and nothing they do not. */
import type { Json } from '../../core/json.ts';
import type { Usage } from '../../core/outcome.ts';
import type { RunStatus } from '../../core/run.ts';

export interface ClaudeRun {
  readonly place: ClaudePlace;
  /** `undefined`: gone. */
  readonly script: ClaudeScript | undefined;
  /** `undefined`: not told. A run without args has `{ value: undefined }`. */
  readonly args: { readonly value: Json | undefined } | undefined;
  /** Where its agents worked; `undefined`: not told. */
  readonly cwd: string | undefined;
  /** Of Claude Code. */
  readonly version: string | undefined;
  readonly end: ClaudeEnd | undefined;
  /** The living process of its session, which may be at work on it: there is one, and the run has not ended. */
  readonly pid: number | undefined;
  /** In the order they first started. */
  readonly calls: readonly ClaudeCall[];
  /** For a person: what could not be read. */
  readonly notices: readonly string[];
}

/** Where a run lies. Every path is real: no link is followed below the folder the user named. */
export interface ClaudePlace {
  readonly runId: string;
  readonly sessionId: string;
  /** `<session>/subagents/workflows/<runId>`: journal and transcripts. */
  readonly runDir: string;
  /** `<project>/<sessionId>`. */
  readonly sessionDir: string;
}

export interface ClaudeScript {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** How the run ended, where it could still say so. */
export interface ClaudeEnd {
  readonly status: RunStatus;
  readonly at: number | undefined;
}

export interface ClaudeCall {
  readonly agentId: string;
  readonly label: string | undefined;
  readonly phase: string | undefined;
  /** Name of the child workflow that made it. */
  readonly workflow: string | undefined;
  readonly isolation: 'worktree' | undefined;
  /** As the script named it, else the one that answered. */
  readonly model: string | undefined;
  /** `null`: it had none; `undefined`: not told. */
  readonly agentType: string | null | undefined;
  readonly transcript: ClaudeTranscript;
  readonly end: ClaudeCallEnd;
}

export type ClaudeCallEnd =
  | { readonly kind: 'text'; readonly text: string }
  /** The value of a call with a schema: always an object, as the engine demands of schemas. */
  | { readonly kind: 'structured'; readonly value: Json }
  | { readonly kind: 'failed'; readonly message: string; readonly apiStatus: number | undefined }
  /** Started and never heard of again: the run was cut off. */
  | { readonly kind: 'unfinished' };

/** What the transcript of one agent tells beside its talk. Times are milliseconds since the epoch. */
export interface ClaudeTranscript {
  readonly file: string;
  /** As the script wrote it, but for its line breaks; `undefined`: the transcript is gone or begins otherwise. */
  readonly prompt: string | undefined;
  readonly usage: Usage;
  readonly turns: number;
  readonly model: string | undefined;
  readonly version: string | undefined;
  readonly cwd: string | undefined;
  /** The error it ended with, in words. */
  readonly error: { readonly message: string; readonly apiStatus: number | undefined } | undefined;
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
}

/** Why a run cannot be had, one reason per remedy. */
export type ClaudeProblemReason =
  /** There is no such folder, session or run: look again at what was written. */
  | 'not-found'
  /** More than one run is meant: name one. */
  | 'several'
  /** A file of it cannot be read, or is too large to be: mend that. */
  | 'unreadable';

export interface ClaudeProblem {
  readonly kind: 'problem';
  readonly reason: ClaudeProblemReason;
  readonly message: string;
}

export function problem(reason: ClaudeProblemReason, message: string): ClaudeProblem {
  return { kind: 'problem', reason, message };
}
