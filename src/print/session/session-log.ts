/** What a session leaves on disk, so that it can go on in another process. */
import type { JsonObject } from '../../core/json.ts';
import type { ConversationMessage, ModelReply } from '../api/model.ts';
import type { AccountState } from '../models/account.ts';

/** The place at which a conversation was cut, and what it goes on with. */
export interface CompactBoundary {
  readonly uuid: string;
  /** How it came to that, in the fields of the file. */
  readonly metadata: JsonObject;
  readonly summaryUuid: string;
  readonly summary: ConversationMessage;
  /** The last messages before it, as they were. */
  readonly kept: readonly ConversationMessage[];
}

/** Contract: never throws; what was kept before a kill is there after it. */
export interface SessionLog {
  keep(message: ConversationMessage, reply?: ModelReply): void;
  /** From here on only what the boundary brings is part of the session. Returns the name of the message that came last before it. */
  compact(boundary: CompactBoundary): string | null;
  keepCost(state: AccountState): void;
}

/** For a session that is not kept. */
export const NO_LOG: SessionLog = { keep: () => {}, compact: () => null, keepCost: () => {} };
