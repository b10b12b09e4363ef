/** The stream-json events of a headless agent. Field names are the real program's; unknown events pass through untouched. */
import type { Json, JsonObject } from '../../core/json.ts';

/** Any line that was a JSON object. `type` may be missing or new: nothing here is trusted. */
export type AgentEvent = JsonObject;

/** The event that ends a turn; the last one before the end of the stream counts. */
export interface ResultEvent extends JsonObject {
  readonly type: 'result';
  readonly subtype: string;
  readonly is_error: boolean;
}

export function isResultEvent(event: AgentEvent): event is ResultEvent {
  return event['type'] === 'result' && typeof event['is_error'] === 'boolean';
}

/** A line of an agent's output: one JSON object, or what could not be read as one. */
export type StreamItem =
  | { readonly kind: 'event'; readonly event: AgentEvent }
  | { readonly kind: 'malformed'; readonly bytes: number; readonly start: string }
  | { readonly kind: 'too-long'; readonly bytes: number };

/** Events as our own print mode writes them: the names and fields of the measured contract. */
export type ContentBlock = { readonly type: string } & { readonly [key: string]: Json };

/** How a turn ended, in the words of `result.subtype`. An API error says "success" and `is_error`: so it was measured. */
export const RESULT_SUBTYPES = {
  success: 'success',
  maxTurns: 'error_max_turns',
  schemaNeverMet: 'error_max_structured_output_retries',
  maxBudget: 'error_max_budget_usd',
  /** Interrupted, or broken in a way that has no word of its own. */
  duringExecution: 'error_during_execution',
} as const;
export type ResultSubtype = (typeof RESULT_SUBTYPES)[keyof typeof RESULT_SUBTYPES];

/** Why a turn ended, in the words of `result.terminal_reason`. */
export const TERMINAL_REASONS = {
  completed: 'completed',
  apiError: 'api_error',
  promptTooLong: 'prompt_too_long',
  maxTurns: 'max_turns',
  schemaNeverMet: 'structured_output_retry_exhausted',
  maxBudget: 'budget_exhausted',
  interrupted: 'aborted_streaming',
  /** Interrupted while tools ran. */
  interruptedInTools: 'aborted_tools',
} as const;
export type TerminalReason = (typeof TERMINAL_REASONS)[keyof typeof TERMINAL_REASONS];

/** What readers of a stream look for to know that a turn was interrupted. */
export const INTERRUPTED_TEXT = '[Request interrupted by user]';
export const INTERRUPTED_IN_TOOLS_TEXT = '[Request interrupted by user for tool use]';

/** The model of a message that no model wrote: an error put into words. */
export const SYNTHETIC_MODEL = '<synthetic>';

/** The tool through which a model hands over a value of the call's schema. */
export const STRUCTURED_OUTPUT_TOOL = 'StructuredOutput';
