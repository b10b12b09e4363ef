/** The lines beside the conversation itself: control requests and answers, raw pieces of a message, and notes on the session's state. */
import type { Json, JsonObject } from '../../core/json.ts';
import type { AgentEvent } from './event.ts';
import type { EventStamp } from './event-writer.ts';

export const CONTROL_REQUEST = 'control_request';
export const CONTROL_RESPONSE = 'control_response';

export function controlRequest(requestId: string, request: JsonObject): AgentEvent {
  return { type: CONTROL_REQUEST, request_id: requestId, request };
}

export function controlCancel(requestId: string): AgentEvent {
  return { type: 'control_cancel_request', request_id: requestId };
}

export function controlSuccess(requestId: string, response: JsonObject): AgentEvent {
  return { type: CONTROL_RESPONSE, response: { subtype: 'success', request_id: requestId, response } };
}

/** `code` is a word for programs, where there is one. */
export function controlError(requestId: string, error: string, code?: string): AgentEvent {
  const more = code === undefined ? {} : { error_code: code };
  return { type: CONTROL_RESPONSE, response: { subtype: 'error', request_id: requestId, error, ...more } };
}

/** A piece of a message as the API streams it. */
export function streamEvent(stamp: EventStamp, event: JsonObject): AgentEvent {
  return {
    type: 'stream_event',
    event,
    session_id: stamp.sessionId,
    parent_tool_use_id: null,
    uuid: stamp.uuid(),
  };
}

/** A user's line, said back: whoever sent it knows by this that it was taken. */
export function replayedUserEvent(
  stamp: EventStamp,
  message: JsonObject,
  uuid: Json | undefined,
): AgentEvent {
  return {
    type: 'user',
    message,
    session_id: stamp.sessionId,
    parent_tool_use_id: null,
    uuid: typeof uuid === 'string' ? uuid : stamp.uuid(),
    timestamp: stamp.timestamp(),
    isReplay: true,
  };
}

export function permissionModeEvent(stamp: EventStamp, permissionMode: string): AgentEvent {
  return {
    type: 'system',
    subtype: 'status',
    status: null,
    permissionMode,
    uuid: stamp.uuid(),
    session_id: stamp.sessionId,
  };
}

export function modelFallbackEvent(stamp: EventStamp, from: string, to: string): AgentEvent {
  return {
    type: 'system',
    subtype: 'model_fallback',
    uuid: stamp.uuid(),
    trigger: 'overloaded',
    original_model: from,
    fallback_model: to,
    content: `${from} is overloaded: went on with ${to}`,
    session_id: stamp.sessionId,
  };
}

/** What a person may want to know of how a turn goes. */
export function noticeEvent(stamp: EventStamp, content: string): AgentEvent {
  return {
    type: 'system',
    subtype: 'informational',
    content,
    level: 'notice',
    uuid: stamp.uuid(),
    session_id: stamp.sessionId,
  };
}
