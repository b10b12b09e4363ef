/** The events around a conversation that is summarised because it has become too long. */
import type { JsonObject } from '../../core/json.ts';
import type { AgentEvent } from './event.ts';
import type { EventStamp } from './event-writer.ts';

export interface CompactFacts {
  /** `manual` where a user asked for it. */
  readonly trigger: 'auto' | 'manual';
  readonly preTokens: number;
  readonly postTokens: number;
  readonly droppedTokens: number;
  readonly durationMs: number;
}

export function compactingEvent(stamp: EventStamp): AgentEvent {
  return statusEvent(stamp, { status: 'compacting' });
}

/** `problem` is why it failed. */
export function compactedEvent(stamp: EventStamp, problem: string | undefined): AgentEvent {
  const result =
    problem === undefined
      ? { compact_result: 'success' }
      : { compact_result: 'failed', compact_error: problem };
  return statusEvent(stamp, { status: null, ...result });
}

function statusEvent({ sessionId, uuid }: EventStamp, fields: JsonObject): AgentEvent {
  return { type: 'system', subtype: 'status', ...fields, session_id: sessionId, uuid: uuid() };
}

/** `parentUuid`: the last message before it. */
export function compactBoundaryEvent(
  { sessionId }: EventStamp,
  uuid: string,
  facts: CompactFacts,
  parentUuid: string | null,
): AgentEvent {
  return {
    type: 'system',
    subtype: 'compact_boundary',
    uuid,
    compact_metadata: {
      trigger: facts.trigger,
      pre_tokens: facts.preTokens,
      post_tokens: facts.postTokens,
      cumulative_dropped_tokens: facts.droppedTokens,
      duration_ms: facts.durationMs,
    },
    ...(parentUuid === null ? {} : { logical_parent_uuid: parentUuid }),
    session_id: sessionId,
  };
}

/** The same in the words of a session's file. */
export function compactMetadata(facts: CompactFacts): JsonObject {
  return {
    trigger: facts.trigger,
    preTokens: facts.preTokens,
    postTokens: facts.postTokens,
    cumulativeDroppedTokens: facts.droppedTokens,
    durationMs: facts.durationMs,
  };
}

/** What a command said that the session itself carried out: for whoever typed it, not for the model. */
export function commandOutputEvent(stamp: EventStamp, text: string): AgentEvent {
  return {
    type: 'user',
    message: { role: 'user', content: `<local-command-stdout>${text}</local-command-stdout>` },
    session_id: stamp.sessionId,
    parent_tool_use_id: null,
    uuid: stamp.uuid(),
    timestamp: stamp.timestamp(),
    isReplay: true,
  };
}
