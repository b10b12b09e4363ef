/**
 * Reads a session's file back, ours or the real program's: the conversation since it was last cut short. A line that is no
 * message, or is torn, is passed over.
 */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type ContentBlock, SYNTHETIC_MODEL } from '../../wire/events/event.ts';
import type { ConversationMessage } from '../api/model.ts';
import type { AccountState } from '../models/account.ts';
import { costIn } from './cost-line.ts';
import { withoutDangling } from './dangling-calls.ts';
import { COMPACT_BOUNDARY } from './session-lines.ts';

export interface KeptSession {
  readonly messages: readonly ConversationMessage[];
  /** What the API counted up to the last reply; `undefined` where the conversation was cut short since. */
  readonly tokens: number | undefined;
  /** Of the last message: what comes next hangs on it. */
  readonly lastUuid: string | null;
  /** The file ends inside a line. */
  readonly isTorn: boolean;
  /** What the session has cost up to the end of its last turn, where the file says so. */
  readonly cost: AccountState | undefined;
}

export function readSession(text: string): KeptSession {
  const reading = new Reading();
  for (const line of text.split('\n')) reading.take(line);
  return {
    messages: reading.messages,
    tokens: reading.tokens,
    lastUuid: reading.lastUuid,
    isTorn: text !== '' && !text.endsWith('\n'),
    cost: reading.cost,
  };
}

/** A line that is a message, or a block of one. */
interface MessageLine {
  readonly role: 'user' | 'assistant';
  readonly id: Json | undefined;
  readonly uuid: Json | undefined;
  readonly content: readonly ContentBlock[];
}

interface Boundary {
  /** The message after which the kept ones come. */
  readonly anchor: Json | undefined;
  readonly kept: readonly MessageLine[];
}

class Reading {
  #lines: MessageLine[] = [];
  /** One whose summary is still to come: until then the conversation is as it was. */
  #boundary: Boundary | undefined;
  lastUuid: string | null = null;
  tokens: number | undefined;
  cost: AccountState | undefined;

  get messages(): ConversationMessage[] {
    const first = this.#lines.findIndex(({ role }) => role === 'user');
    return first < 0 ? [] : withoutDangling(messagesOf(this.#lines.slice(first)));
  }

  take(text: string): void {
    const line = parsed(text);
    if (line === undefined || line['isSidechain'] === true) return;
    this.cost = costIn(line) ?? this.cost;
    if (line['type'] === 'system' && line['subtype'] === COMPACT_BOUNDARY) this.#boundary = this.#cut(line);
    const message = messageIn(line);
    if (message === undefined) return;
    // A kill came between the cut and its summary, and the session went on as it was.
    if (line['parentUuid'] === this.lastUuid && this.lastUuid !== null) this.#boundary = undefined;
    if (typeof message.uuid === 'string') this.lastUuid = message.uuid;
    if (this.#boundary === undefined) this.#lines.push(message);
    else this.#beginAnew(this.#boundary, message);
    if (message.role === 'assistant') this.tokens = tokensIn(line) ?? this.tokens;
  }

  /** Measured: messages that are kept stand before the cut, and are named after it. */
  #cut({ uuid, compactMetadata }: JsonObject): Boundary {
    const told = isJsonObject(compactMetadata) ? compactMetadata['preservedMessages'] : undefined;
    if (!isJsonObject(told)) return { anchor: undefined, kept: [] };
    const { anchorUuid, allUuids, uuids } = told;
    const names = new Set(listOf(allUuids ?? uuids));
    const kept = this.#lines.filter((line) => line.uuid !== undefined && names.has(line.uuid));
    return { anchor: anchorUuid === uuid ? undefined : anchorUuid, kept };
  }

  #beginAnew({ anchor, kept }: Boundary, message: MessageLine): void {
    this.#boundary = undefined;
    this.tokens = undefined;
    this.#lines = anchor === undefined ? [...kept, message] : [message, ...kept];
  }
}

function messageIn(line: JsonObject): MessageLine | undefined {
  const { type: role, message, uuid } = line;
  if ((role !== 'user' && role !== 'assistant') || !isJsonObject(message)) return undefined;
  if (message['model'] === SYNTHETIC_MODEL) return undefined;
  const content = blocksOf(message['content']);
  return content.length === 0 ? undefined : { role, id: message['id'], uuid, content };
}

function tokensIn({ message }: JsonObject): number | undefined {
  const usage = isJsonObject(message) ? message['usage'] : undefined;
  if (!isJsonObject(usage)) return undefined;
  const kinds = [
    'input_tokens',
    'cache_creation_input_tokens',
    'cache_read_input_tokens',
    'output_tokens',
  ].map((kind) => Number(usage[kind] ?? 0));
  const tokens = kinds.reduce((sum, count) => sum + count, 0);
  return Number.isFinite(tokens) ? tokens : undefined;
}

interface Draft {
  readonly role: 'user' | 'assistant';
  readonly id: Json | undefined;
  readonly content: ContentBlock[];
}

/** The real program writes a line a block: those of one reply, and answers that stand together, are one message. */
function messagesOf(lines: readonly MessageLine[]): ConversationMessage[] {
  const drafts: Draft[] = [];
  /** An API that stands in for another may count its messages from one in every turn. */
  let turnStart = 0;
  for (const { role, id, content } of lines) {
    const same =
      role === 'assistant' && id !== undefined
        ? drafts.slice(turnStart).findLast((draft) => draft.role === role && draft.id === id)
        : drafts.at(-1);
    if (same?.role === role) same.content.push(...content);
    else drafts.push({ role, id, content: [...content] });
    const isAsked = role === 'user' && content.some(({ type }) => type !== 'tool_result');
    if (isAsked) turnStart = drafts.length - 1;
  }
  return drafts.map(({ role, content }) => ({ role, content }));
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
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
