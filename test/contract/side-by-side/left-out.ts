/** What the comparison does not look at, name by name: everything else that either program shows must be equal, or be declared in its case. */

/** Events that only one of the two writes, and that tell nothing of what happened. */
export const LEFT_OUT_EVENTS: ReadonlySet<string> = new Set([
  // How much the model has thought so far, that a request is under way, what becomes of a line, that a window changed.
  'command_lifecycle',
  'system:status',
  'system:thinking_tokens',
  'system:ui_invalidate',
]);

/** The init event describes the program itself; of it, this is compared. */
export const COMPARED_OF_INIT: ReadonlySet<string> = new Set([
  'apiKeySource',
  'cwd',
  'mcp_servers',
  'model',
  'output_style',
  'permissionMode',
  'session_id',
]);

/** Of each MCP server in it. */
export const COMPARED_OF_SERVERS: ReadonlySet<string> = new Set(['name', 'status']);

/** In every event, at any depth. */
export const LEFT_OUT_FIELDS: ReadonlySet<string> = new Set([
  // Differ from call to call.
  'uuid',
  'hook_id',
  'timestamp',
  // Clocks.
  'duration_ms',
  'duration_api_ms',
  'durationMs',
  'durationSeconds',
  'retry_delay_ms',
  'ttft_ms',
  'ttft_stream_ms',
  'time_to_request_ms',
  'first_content_frame_ms',
  // Told by the real program alone.
  'api_message_id',
  'begun_message_ids',
  'decision_reason',
  'decision_reason_type',
  'first_request_cache_read_input_tokens',
  'first_request_input_tokens',
  'noOutputExpected',
  'request_sent_wall_ms',
  'thinking_display',
  'thinking_duration_ms',
  'tool_result_meta',
  'tool_use_meta',
  'user_message_uuid',
  'user_message_uuids',
  'canonicalModel',
  'contextWindow',
  'costBasis',
  'provider',
  'thinkingTokens',
  'cacheCreationEphemeral5mInputTokens',
  'cacheCreationEphemeral1hInputTokens',
  'context_management',
  'fallback_credit',
  'inference_geo',
  'iterations',
  'output_tokens_details',
  'service_tier',
  'speed',
  'web_fetch_requests',
  'fast_mode_disabled_reason',
  'fast_mode_state',
  'model_usage_since_last_result',
  'queued_turn_count',
  'safety_stops',
  'subagent_stats',
]);

/** Of an assistant event's message: ours is told when the message is whole, the real one's when a block is. */
export const LEFT_OUT_OF_MESSAGES: ReadonlySet<string> = new Set([
  'container',
  'diagnostics',
  'stop_details',
  'stop_reason',
  'stop_sequence',
  'usage',
]);

/** Tools that both offer under the same name without being asked; what else each has is listed in docs/decisions. */
export const COMPARED_TOOLS = /^(Bash|Edit|Read|StructuredOutput|Write|mcp__.*)$/;

/** Words in prompts and context files that must reach the model, wherever each program puts them. */
export const MARK = /\bMARK-\w+/g;
