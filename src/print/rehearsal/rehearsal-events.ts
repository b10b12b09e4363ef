/** A model that is none: answers a call from its prompt and schema alone. Loads the JSON Schema validator. */
import type { AgentEvent } from '../../wire/events/event.ts';
import {
  eventsOfReply,
  type RehearsalIds,
  type RehearsalRequest,
  type RehearsedReply,
  rehearsedText,
} from './rehearsal-reply.ts';
import { NoSample, sampleOf } from './sample.ts';

export type { RehearsalIds, RehearsalRequest } from './rehearsal-reply.ts';

/** The events of the whole session, `result` last. A schema that no value was found for is a failed result, never a wrong value. */
export function rehearsalEvents(request: RehearsalRequest, ids: RehearsalIds): AgentEvent[] {
  return eventsOfReply(request, replyTo(request), ids);
}

function replyTo(request: RehearsalRequest): RehearsedReply {
  const { schema, key, occurrence } = request;
  if (schema === undefined) return { kind: 'text', text: rehearsedText(request) };
  try {
    return { kind: 'value', value: sampleOf(schema, key, occurrence) };
  } catch (error) {
    if (error instanceof NoSample) return { kind: 'none', message: error.message };
    throw error;
  }
}
