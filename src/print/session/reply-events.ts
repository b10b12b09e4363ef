/** What a session tells of a reply, or of an error in a reply's place: an event a block. */
import type { JsonObject } from '../../core/json.ts';
import { type AgentEvent, SYNTHETIC_MODEL } from '../../wire/events/event.ts';
import { assistantEvent, type EventStamp } from '../../wire/events/event-writer.ts';
import type { ApiFailure, ModelReply } from '../api/model.ts';
import { NO_TOKENS, usageFields } from '../models/token-usage.ts';
import { tellableBlocks } from './second-chances.ts';
import type { SessionEnd } from './session-end.ts';

export function replyEvents(stamp: EventStamp, reply: ModelReply): AgentEvent[] {
  const { id, model, stopReason, usage, requestId } = reply;
  const message = { id, model, stopReason, usage: usageFields(usage) };
  const more = requestId === undefined ? {} : { request_id: requestId };
  return tellableBlocks(reply).map((block) => assistantEvent(stamp, message, block, more));
}

/** What there is to say in a reply's place, an error most often: a message of no model. */
export function failureEvent(
  stamp: EventStamp,
  { isError, stopReason, text = '', word = 'unknown' }: SessionEnd,
  failure: ApiFailure | undefined,
): AgentEvent {
  const facts: JsonObject = {
    ...(isError ? { error: word, is_api_error_message: true } : {}),
    ...(typeof failure?.status === 'number' ? { api_error_status: failure.status } : {}),
    ...(failure?.type === undefined ? {} : { api_error_type: failure.type }),
  };
  const message = { id: stamp.uuid(), model: SYNTHETIC_MODEL, stopReason, usage: usageFields(NO_TOKENS) };
  return assistantEvent(stamp, message, { type: 'text', text }, facts);
}
