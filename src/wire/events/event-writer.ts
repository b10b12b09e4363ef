/** Builds the events that print mode and rehearsals write, so that what is written and what is read share one vocabulary. */
import type { Json, JsonObject } from '../../core/json.ts';
import type { AgentEvent, ContentBlock, ResultSubtype, TerminalReason } from './event.ts';

/** Names the session in every event and gives each event a name of its own. */
export interface EventStamp {
  readonly sessionId: string;
  readonly uuid: () => string;
  /** ISO time of now. */
  readonly timestamp: () => string;
}

export interface SessionFacts {
  readonly cwd: string;
  readonly model: string;
  readonly tools: readonly string[];
  readonly permissionMode: string;
  readonly apiKeySource: string;
  readonly agents: readonly string[];
  readonly version: string;
  readonly mcpServers?: readonly { readonly name: string; readonly status: string }[];
}

export function initEvent(stamp: EventStamp, facts: SessionFacts): AgentEvent {
  return {
    type: 'system',
    subtype: 'init',
    cwd: facts.cwd,
    session_id: stamp.sessionId,
    tools: facts.tools,
    mcp_servers: (facts.mcpServers ?? []).map(({ name, status }) => ({ name, status })),
    model: facts.model,
    permissionMode: facts.permissionMode,
    slash_commands: [],
    apiKeySource: facts.apiKeySource,
    claude_code_version: facts.version,
    output_style: 'default',
    agents: facts.agents,
    skills: [],
    plugins: [],
    uuid: stamp.uuid(),
  };
}

export interface AssistantMessage {
  readonly id: string;
  readonly model: string;
  readonly stopReason: string | null;
  readonly usage: JsonObject;
}

/** One event a content block; blocks of one message share its id. `more` holds what only some have, e.g. `request_id`. */
export function assistantEvent(
  stamp: EventStamp,
  message: AssistantMessage,
  block: ContentBlock,
  more: JsonObject = {},
): AgentEvent {
  return {
    type: 'assistant',
    message: {
      id: message.id,
      type: 'message',
      role: 'assistant',
      model: message.model,
      content: [block],
      stop_reason: message.stopReason,
      stop_sequence: null,
      usage: message.usage,
    },
    parent_tool_use_id: null,
    session_id: stamp.sessionId,
    uuid: stamp.uuid(),
    timestamp: stamp.timestamp(),
    ...more,
  };
}

/** `toolUseResult` is what the tool gave, for programs; the block is what the model is told. */
export function toolResultEvent(stamp: EventStamp, block: ContentBlock, toolUseResult: Json): AgentEvent {
  return { ...userEvent(stamp, block), tool_use_result: toolUseResult };
}

/** A user message that no user wrote: a reminder, or the word that the turn was interrupted. */
export function userTextEvent(stamp: EventStamp, text: string, more: JsonObject = {}): AgentEvent {
  return { ...userEvent(stamp, { type: 'text', text }), ...more };
}

function userEvent(stamp: EventStamp, block: ContentBlock): JsonObject {
  return {
    type: 'user',
    message: { role: 'user', content: [block] },
    parent_tool_use_id: null,
    session_id: stamp.sessionId,
    uuid: stamp.uuid(),
    timestamp: stamp.timestamp(),
  };
}

export interface ApiRetry {
  readonly attempt: number;
  readonly maxRetries: number;
  readonly delayMs: number;
  /** HTTP status; `null` when no answer came at all. */
  readonly status: number | null;
  readonly error: string;
}

export function apiRetryEvent(stamp: EventStamp, retry: ApiRetry): AgentEvent {
  return {
    type: 'system',
    subtype: 'api_retry',
    attempt: retry.attempt,
    max_retries: retry.maxRetries,
    retry_delay_ms: retry.delayMs,
    error_status: retry.status,
    error: retry.error,
    session_id: stamp.sessionId,
    uuid: stamp.uuid(),
  };
}

export interface DeniedTool {
  readonly name: string;
  readonly useId: string;
  readonly input: Json;
}

export function permissionDeniedEvent(stamp: EventStamp, denied: DeniedTool, message: string): AgentEvent {
  return {
    type: 'system',
    subtype: 'permission_denied',
    tool_name: denied.name,
    tool_use_id: denied.useId,
    message,
    uuid: stamp.uuid(),
    session_id: stamp.sessionId,
  };
}

export interface ResultFacts {
  readonly subtype: ResultSubtype;
  readonly isError: boolean;
  /** `undefined` where no turn began. */
  readonly terminalReason: TerminalReason | undefined;
  /** The final text; `undefined` where the contract has `errors` instead. */
  readonly text: string | undefined;
  readonly errors: readonly string[] | undefined;
  readonly structured: Json | undefined;
  readonly numTurns: number;
  readonly stopReason: string | null;
  readonly durationMs: number;
  readonly durationApiMs: number;
  /** US dollars; `null` when a model without a known price was used. */
  readonly costUsd: number | null;
  readonly usage: JsonObject;
  readonly modelUsage: JsonObject;
  /** The same without what earlier results of this session have counted already. */
  readonly modelUsageSinceResult?: JsonObject;
  readonly denials: readonly DeniedTool[];
  readonly apiErrorStatus: number | null;
  readonly apiErrorType: string | undefined;
  /** The how-many-eth result of the stream, from 0. */
  readonly index?: number;
  /** The command that the session itself carried out in place of a turn. */
  readonly localCommand?: string;
}

export function resultEvent(stamp: EventStamp, facts: ResultFacts): AgentEvent {
  return {
    type: 'result',
    subtype: facts.subtype,
    is_error: facts.isError,
    ...(facts.text === undefined ? {} : { api_error_status: facts.apiErrorStatus }),
    ...(facts.apiErrorType === undefined ? {} : { api_error_type: facts.apiErrorType }),
    duration_ms: Math.round(facts.durationMs),
    duration_api_ms: Math.round(facts.durationApiMs),
    num_turns: facts.numTurns,
    ...(facts.text === undefined ? {} : { result: facts.text }),
    ...(facts.structured === undefined ? {} : { structured_output: facts.structured }),
    ...(facts.errors === undefined ? {} : { errors: facts.errors }),
    stop_reason: facts.stopReason,
    session_id: stamp.sessionId,
    total_cost_usd: facts.costUsd,
    usage: facts.usage,
    modelUsage: facts.modelUsage,
    permission_denials: facts.denials.map(({ name, useId, input }) => ({
      tool_name: name,
      tool_use_id: useId,
      tool_input: input,
    })),
    ...(facts.terminalReason === undefined ? {} : { terminal_reason: facts.terminalReason }),
    uuid: stamp.uuid(),
    result_index: facts.index ?? 0,
    ...(facts.modelUsageSinceResult === undefined
      ? {}
      : { model_usage_since_last_result: facts.modelUsageSinceResult }),
    ...(facts.localCommand === undefined ? {} : { local_command: facts.localCommand }),
  };
}
