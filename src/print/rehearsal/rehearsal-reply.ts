/**
 * The events of a rehearsed session: those of a real one, from `init` to `result`, without a model and without cost.
 * This half knows no schemas, so that a rehearsal in plain text starts without the validator.
 */
import type { Json, JsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/program.ts';
import {
  type AgentEvent,
  RESULT_SUBTYPES,
  STRUCTURED_OUTPUT_TOOL,
  TERMINAL_REASONS,
} from '../../wire/events/event.ts';
import {
  assistantEvent,
  type EventStamp,
  initEvent,
  type ResultFacts,
  resultEvent,
  toolResultEvent,
} from '../../wire/events/event-writer.ts';
import { uuidFrom } from '../uuid.ts';
import { Chance } from './chance.ts';

export interface RehearsalRequest {
  readonly prompt: string;
  readonly schema: JsonObject | undefined;
  readonly model: string | undefined;
  /** A stable hash of the call; it varies between repeats of the same content. */
  readonly key: string;
  /** The how-many-eth call of this content, from 1. */
  readonly occurrence: number;
}

export interface RehearsalIds {
  readonly sessionId: string;
  readonly cwd: string;
}

/** What the rehearsed model says: text, a value of the schema, or why there is none. */
export type RehearsedReply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'none'; readonly message: string };

/** In place of a model's name and price: nobody takes it for a bill. */
const REHEARSAL_MODEL = 'rehearsal';

/** There is no clock in a rehearsal: the same call gives the same events, byte for byte. */
const TIMESTAMP = '1970-01-01T00:00:00.000Z';

export function eventsOfReply(
  request: RehearsalRequest,
  reply: RehearsedReply,
  ids: RehearsalIds,
): AgentEvent[] {
  const stamp = stampOf(request, ids);
  const tools = request.schema === undefined ? [] : [STRUCTURED_OUTPUT_TOOL];
  const init = initEvent(stamp, {
    cwd: ids.cwd,
    model: REHEARSAL_MODEL,
    tools,
    permissionMode: 'default',
    apiKeySource: 'none',
    agents: [],
    version: VERSION,
  });
  return [init, ...turn(stamp, request, reply), resultEvent(stamp, resultFacts(request, reply))];
}

/** A few of the prompt's own words: enough to tell calls apart on a screen. */
export function rehearsedText({ prompt }: RehearsalRequest): string {
  const words = prompt.split(/\s+/).filter((word) => word !== '');
  const shown = words.slice(0, 8).join(' ').slice(0, 80);
  if (shown === '') return 'An answer to an empty prompt (rehearsal)';
  return `An answer to “${shown}${words.length > 8 ? ' …' : ''}” (rehearsal)`;
}

function turn(stamp: EventStamp, request: RehearsalRequest, reply: RehearsedReply): AgentEvent[] {
  if (reply.kind === 'none') return [];
  const usesTool = reply.kind === 'value';
  const message = {
    id: `msg_${stamp.uuid()}`,
    model: REHEARSAL_MODEL,
    stopReason: usesTool ? 'tool_use' : 'end_turn',
    usage: apiUsage(request, reply),
  };
  if (!usesTool) return [assistantEvent(stamp, message, { type: 'text', text: reply.text })];
  const id = `toolu_${stamp.uuid()}`;
  const delivered = 'Structured output provided successfully';
  return [
    assistantEvent(stamp, message, {
      type: 'tool_use',
      id,
      name: STRUCTURED_OUTPUT_TOOL,
      input: reply.value,
    }),
    toolResultEvent(stamp, { type: 'tool_result', tool_use_id: id, content: delivered }, delivered),
  ];
}

function resultFacts(request: RehearsalRequest, reply: RehearsedReply): ResultFacts {
  const usage = apiUsage(request, reply);
  const failed = reply.kind === 'none';
  return {
    subtype: failed ? RESULT_SUBTYPES.schemaNeverMet : RESULT_SUBTYPES.success,
    isError: failed,
    terminalReason: failed ? TERMINAL_REASONS.schemaNeverMet : TERMINAL_REASONS.completed,
    text: failed ? undefined : textOf(reply),
    errors: failed ? [reply.message] : undefined,
    structured: reply.kind === 'value' ? reply.value : undefined,
    numTurns: reply.kind === 'value' ? 2 : 1,
    stopReason: failed ? null : reply.kind === 'value' ? 'tool_use' : 'end_turn',
    durationMs: 0,
    durationApiMs: 0,
    costUsd: 0,
    usage,
    modelUsage: { [REHEARSAL_MODEL]: modelUsage(request, reply) },
    denials: [],
    apiErrorStatus: null,
    apiErrorType: undefined,
  };
}

function textOf(reply: RehearsedReply): string {
  switch (reply.kind) {
    case 'text':
      return reply.text;
    case 'value':
      return JSON.stringify(reply.value);
    case 'none':
      return '';
  }
}

/** About four characters a token: rough, and good enough to see which stage would cost most. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

function apiUsage(request: RehearsalRequest, reply: RehearsedReply): JsonObject {
  const schema = request.schema === undefined ? '' : JSON.stringify(request.schema);
  return {
    input_tokens: tokensOf(request.prompt + schema),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: tokensOf(textOf(reply)),
  };
}

function modelUsage(request: RehearsalRequest, reply: RehearsedReply): JsonObject {
  const usage = apiUsage(request, reply);
  return {
    inputTokens: usage['input_tokens'] ?? 0,
    outputTokens: usage['output_tokens'] ?? 0,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    costUSD: 0,
  };
}

function stampOf(request: RehearsalRequest, { sessionId }: RehearsalIds): EventStamp {
  const chance = new Chance(`${request.key}*${request.occurrence} events`);
  return { sessionId, uuid: () => uuidFrom(() => chance.number()), timestamp: () => TIMESTAMP };
}
