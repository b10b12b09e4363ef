/** The ways a turn can end, each as the facts its `result` event is made of. */
import type { Json } from '../../core/json.ts';
import { RESULT_SUBTYPES, TERMINAL_REASONS } from '../../wire/events/event.ts';
import type { ResultFacts } from '../../wire/events/event-writer.ts';
import type { ApiFailure, ModelReply } from '../api/model.ts';
import { OVERLOADED } from '../api/retries.ts';
import type { Compaction } from '../compaction/compactor.ts';
import { modelFacts } from '../models/models.ts';
import type { StructuredOutput } from '../tools/structured-output.ts';
import { Interrupted } from './ending.ts';

export type SessionEnd = Pick<
  ResultFacts,
  | 'subtype'
  | 'isError'
  | 'terminalReason'
  | 'text'
  | 'errors'
  | 'structured'
  | 'stopReason'
  | 'apiErrorStatus'
  | 'apiErrorType'
> & {
  /** The events' word for an error. */
  readonly word?: string;
};

const PLAIN = {
  subtype: RESULT_SUBTYPES.success,
  isError: false,
  terminalReason: TERMINAL_REASONS.completed,
  text: undefined,
  errors: undefined,
  structured: undefined,
  stopReason: null,
  apiErrorStatus: null,
  apiErrorType: undefined,
} as const;

/** The last text of the last message is the answer; what came before was said on the way, save `begun`: the part that was cut off. */
export function textEnd(reply: ModelReply, begun = ''): SessionEnd {
  return { ...PLAIN, text: begun + lastText(reply), stopReason: reply.stopReason };
}

export function lastText({ blocks }: ModelReply): string {
  const text = blocks.findLast(({ type }) => type === 'text')?.['text'];
  return typeof text === 'string' ? text : '';
}

/** Measured: a conversation that is too short to be summarised is no error. */
export function compactEnd(compaction: Compaction): SessionEnd {
  if (compaction.kind === 'compacted') return { ...PLAIN, text: '' };
  const { why, failure } = compaction;
  return failure === undefined ? { ...PLAIN, text: `Nothing was summarised: ${why}` } : apiEnd(failure);
}

export function structuredEnd(value: Json, reply: ModelReply): SessionEnd {
  return { ...PLAIN, text: JSON.stringify(value), structured: value, stopReason: reply.stopReason };
}

export function neverMetEnd(structuredOutput: StructuredOutput, reply: ModelReply): SessionEnd {
  return {
    ...PLAIN,
    subtype: RESULT_SUBTYPES.schemaNeverMet,
    isError: true,
    terminalReason: TERMINAL_REASONS.schemaNeverMet,
    errors: [structuredOutput.neverMet],
    stopReason: reply.stopReason,
  };
}

export function maxTurnsEnd(limit: number, reply: ModelReply): SessionEnd {
  return {
    ...PLAIN,
    subtype: RESULT_SUBTYPES.maxTurns,
    isError: true,
    terminalReason: TERMINAL_REASONS.maxTurns,
    errors: [`Reached maximum number of turns (${limit})`],
    stopReason: reply.stopReason,
  };
}

/** The limit holds after the reply that crossed it, whatever that says: it is a stop, not an advice. */
export function budgetEnd(limitUsd: number, stopReason: string | null, why?: string): SessionEnd {
  return {
    ...PLAIN,
    subtype: RESULT_SUBTYPES.maxBudget,
    isError: true,
    terminalReason: TERMINAL_REASONS.maxBudget,
    errors: [why ?? `Reached maximum budget ($${limitUsd})`],
    stopReason,
  };
}

/** In place of what was interrupted outside of the conversation. Any other error is thrown on. */
export function endOfInterrupted(error: unknown): SessionEnd {
  if (error instanceof Interrupted) return interruptedEnd(error, false);
  throw error;
}

/** `reason` says who interrupted it, for a person. */
export function interruptedEnd({ message }: Interrupted, inTools: boolean): SessionEnd {
  return {
    ...PLAIN,
    subtype: RESULT_SUBTYPES.duringExecution,
    isError: true,
    terminalReason: inTools ? TERMINAL_REASONS.interruptedInTools : TERMINAL_REASONS.interrupted,
    errors: [`The turn was ${message || 'interrupted'} before it was complete`],
    stopReason: inTools ? 'tool_use' : null,
  };
}

/** Measured: an API error is told as a text result of subtype "success" with `is_error`. */
export function apiEnd(failure: ApiFailure): SessionEnd {
  return {
    // Measured: the retries before it say `overloaded`, the message does not.
    ...errorText(failure.message, failure.word === OVERLOADED ? 'server_error' : failure.word),
    apiErrorStatus: failure.status,
    apiErrorType: failure.type,
  };
}

/** `why`: why nothing could be done about it. */
export function tooLongEnd(failure: ApiFailure, why: string): SessionEnd {
  return {
    ...apiEnd(failure),
    text: `Prompt is too long, and ${why}. ${failure.message}. Give less at once: a shorter prompt, parts of a file, a narrower search.`,
    terminalReason: TERMINAL_REASONS.promptTooLong,
  };
}

/** The reply is whole as far as it goes, and goes no further. */
export function isCut({ stopReason }: ModelReply): boolean {
  return stopReason === 'max_tokens' || stopReason === 'model_context_window_exceeded';
}

/** A reply that ended before it was through; `undefined` for one that did not. Half an answer is never taken for one. */
export function stoppedEnd(reply: ModelReply): SessionEnd | undefined {
  switch (reply.stopReason) {
    case 'max_tokens':
      return errorText(
        `API Error: the reply was cut off at ${modelFacts(reply.model).maxOutputTokens} output tokens, the most that ${reply.model} is asked for. Ask for less at once, or for files instead of a long answer.`,
        'max_output_tokens',
      );
    case 'model_context_window_exceeded':
      return {
        ...errorText(
          `API Error: the conversation no longer fits into the context of ${reply.model}`,
          'invalid_request',
        ),
        terminalReason: TERMINAL_REASONS.promptTooLong,
      };
    case 'refusal':
      return {
        ...errorText(
          `API Error: the safeguards of ${reply.model} stopped the reply. Rephrase the request, or use another model.`,
          'invalid_request',
        ),
        stopReason: 'refusal',
      };
    default:
      return undefined;
  }
}

function errorText(text: string, word: string): SessionEnd {
  return {
    ...PLAIN,
    isError: true,
    terminalReason: TERMINAL_REASONS.apiError,
    text,
    stopReason: 'stop_sequence',
    word,
  };
}
