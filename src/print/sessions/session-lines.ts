/**
 * A session's messages as lines of its file. The shape is the real program's, so that either can go on with a session of
 * the other; a line that is no message, or is torn, is passed over.
 */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/program.ts';
import type { ContentBlock } from '../../wire/event.ts';
import { usageFields } from '../account.ts';
import type { ConversationMessage, ModelReply } from '../api/model.ts';
import { withoutDangling } from './dangling-calls.ts';

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

export interface KeptSession {
  readonly messages: readonly ConversationMessage[];
  /** Of the last message: what comes next hangs on it. */
  readonly lastUuid: string | null;
  /** The file ends inside a line. */
  readonly isTorn: boolean;
}

export function readSession(text: string): KeptSession {
  const reading = new Reading();
  for (const line of text.split('\n')) reading.take(line);
  return {
    messages: reading.messages,
    lastUuid: reading.lastUuid,
    isTorn: text !== '' && !text.endsWith('\n'),
  };
}

interface Draft {
  readonly role: 'user' | 'assistant';
  readonly id: Json | undefined;
  readonly content: ContentBlock[];
}

/** The real program writes a line a block: those of one reply, and answers that stand together, are one message. */
class Reading {
  #drafts: Draft[] = [];
  lastUuid: string | null = null;

  get messages(): ConversationMessage[] {
    const first = this.#drafts.findIndex(({ role }) => role === 'user');
    const drafts = first < 0 ? [] : this.#drafts.slice(first);
    return withoutDangling(drafts.map(({ role, content }) => ({ role, content })));
  }

  take(text: string): void {
    const line = parsed(text);
    if (line === undefined || line['isSidechain'] === true) return;
    if (line['type'] === 'system' && line['subtype'] === 'compact_boundary') this.#drafts = [];
    const message = line['message'];
    const role = line['type'];
    if ((role !== 'user' && role !== 'assistant') || !isJsonObject(message)) return;
    if (message['model'] === '<synthetic>') return;
    const content = blocksOf(message['content']);
    if (content.length === 0) return;
    if (typeof line['uuid'] === 'string') this.lastUuid = line['uuid'];
    const id = message['id'];
    const same = this.#draftFor(role, id);
    if (same === undefined) this.#drafts.push({ role, id, content });
    else same.content.push(...content);
  }

  #draftFor(role: 'user' | 'assistant', id: Json | undefined): Draft | undefined {
    if (role === 'assistant' && id !== undefined) {
      return this.#drafts
        .slice(this.#turnStart())
        .findLast((draft) => draft.role === role && draft.id === id);
    }
    const last = this.#drafts.at(-1);
    return last?.role === role ? last : undefined;
  }

  /** An API that stands in for another may count its messages from one in every session. */
  #turnStart(): number {
    return this.#drafts.findLastIndex(
      ({ role, content }) => role === 'user' && content.some(({ type }) => type !== 'tool_result'),
    );
  }
}

function blocksOf(content: Json | undefined): ContentBlock[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isBlock) : [];
}

function isBlock(value: Json): value is ContentBlock {
  return isJsonObject(value) && typeof value['type'] === 'string';
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
