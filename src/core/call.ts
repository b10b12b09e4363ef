/** A call is one `agent()` of a script (later also one legacy `claude -p`): what is asked, not what came of it. */
import type { JsonObject } from './json.ts';

/** How hard a model thinks, in the words of the model API. */
export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** What the script asked for, with the run's own choices filled in. */
export interface CallContent {
  readonly prompt: string;
  readonly label: string;
  /** Title of the phase it belongs to, `undefined` before the first one. */
  readonly phase: string | undefined;
  /** Name of the child workflow that made it; `undefined` for the run's own script. */
  readonly workflow: string | undefined;
  /** The reply must be a value of this JSON Schema. */
  readonly schema: JsonObject | undefined;
  /** Alias or id; `undefined` leaves the choice to the agent program. */
  readonly model: string | undefined;
  readonly effort: Effort | undefined;
  readonly isolation: 'worktree' | undefined;
  readonly agentType: string | undefined;
}

/** A call that asks for a place in the pool. */
export interface CallRequest extends CallContent {
  /** Hash of what the *script* asked, without what the command line added: a cheaper `--model` forgets no finished work. */
  readonly contentHash: string;
  /** Hash of the prompt alone: finds calls that another engine recorded, which tell less of themselves than a `contentHash` needs. */
  readonly promptHash: string;
  /** The model the script itself named. */
  readonly askedModel: string | undefined;
}

/** A call the pool has taken in and numbered. */
export interface AgentCall extends CallContent {
  /** Position among the run's calls, from 1: its name in the journal, on the command line and on screen. */
  readonly id: number;
  /** `contentHash` and `occurrence` in one word: the same call of another attempt has the same key. */
  readonly key: string;
  /** The how-many-eth call of this very content in the run, from 1. */
  readonly occurrence: number;
}
