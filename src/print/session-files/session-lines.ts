/** A session's messages as lines of its file, in the real program's shape, so that it can go on with a session of ours. */
import type { JsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/program.ts';
import type { ConversationMessage, ModelReply } from '../api/model.ts';
import { usageFields } from '../models/token-usage.ts';

export const COMPACT_BOUNDARY = 'compact_boundary';

/** Tells our lines from those of the real program. */
const WRITER = 'andwait-print';

export interface LineStamp {
  readonly sessionId: string;
  readonly cwd: string;
  readonly uuid: string;
  readonly parentUuid: string | null;
  readonly timestamp: string;
}

export function sessionLine(
  message: ConversationMessage,
  reply: ModelReply | undefined,
  stamp: LineStamp,
): JsonObject {
  const { role, content } = message;
  return {
    parentUuid: stamp.parentUuid,
    isSidechain: false,
    type: role,
    message: reply === undefined ? { role, content } : { ...messageFacts(reply), role, content },
    uuid: stamp.uuid,
    timestamp: stamp.timestamp,
    userType: 'external',
    entrypoint: WRITER,
    cwd: stamp.cwd,
    sessionId: stamp.sessionId,
    version: VERSION,
  };
}

function messageFacts({ id, model, stopReason, usage }: ModelReply): JsonObject {
  return {
    id,
    type: 'message',
    model,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: usageFields(usage),
  };
}

/** What comes before it is no part of the conversation any more; `metadata` says how it came to that. */
export function boundaryLine(metadata: JsonObject, before: string | null, stamp: LineStamp): JsonObject {
  return {
    parentUuid: null,
    logicalParentUuid: before,
    isSidechain: false,
    type: 'system',
    subtype: COMPACT_BOUNDARY,
    content: 'Conversation compacted',
    level: 'info',
    compactMetadata: metadata,
    uuid: stamp.uuid,
    timestamp: stamp.timestamp,
    userType: 'external',
    entrypoint: WRITER,
    cwd: stamp.cwd,
    sessionId: stamp.sessionId,
    version: VERSION,
  };
}
