/** The substance of a request: model, tools, conversation, and that what the user said about the agent has reached the model. */
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import type { FakeRequest } from '../../support/api/fake-messages-api.ts';
import { COMPARED_TOOLS, MARK } from './left-out.ts';

export function requestShape({ body, messages, toolNames }: FakeRequest): JsonObject {
  return {
    model: body['model'] ?? null,
    effort: effortIn(body),
    tools: toolNames
      .filter((name) => COMPARED_TOOLS.test(name))
      .sort()
      .join(' '),
    messages: conversation(messages),
    marks: [...new Set(JSON.stringify(body).match(MARK))].sort().join(' '),
  };
}

/** `medium` is what the real program asks for unasked, and ours leaves to the API. */
function effortIn({ output_config: config }: JsonObject): Json {
  const effort = isJsonObject(config) ? (config['effort'] ?? null) : null;
  return effort === 'medium' ? null : effort;
}

/** Without what the program itself adds: system messages and reminders. Messages of one speaker in a row are one. */
function conversation(messages: readonly JsonObject[]): Json {
  const said: { role: string; content: Json[] }[] = [];
  for (const message of messages) {
    const role = String(message['role']);
    const content = blocksOf(message)
      .filter((block) => !isReminder(block))
      .map(withoutCachePoint);
    if (role === 'system' || content.length === 0) continue;
    const last = said.at(-1);
    if (last?.role === role) last.content.push(...content);
    else said.push({ role, content });
  }
  return said.map(({ role, content }) => ({ role, content: content.map(withoutSeam) }));
}

/** The real program ends a text with a line feed when it joins another to it. */
function withoutSeam(block: Json, index: number, all: readonly Json[]): Json {
  if (!isJsonObject(block) || typeof block['text'] !== 'string' || index === all.length - 1) return block;
  return { ...block, text: block['text'].replace(/\n$/, '') };
}

function blocksOf({ content }: JsonObject): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}

function isReminder({ type, text }: JsonObject): boolean {
  return type === 'text' && typeof text === 'string' && /^\s*<system-reminder>/.test(text);
}

/** Nor `is_error: false`, which says what its absence says. */
function withoutCachePoint({ cache_control: _, ...whole }: JsonObject): JsonObject {
  const { is_error, ...others } = whole;
  const block: JsonObject = is_error === false ? others : whole;
  const { content } = block;
  return Array.isArray(content)
    ? { ...block, content: content.map((part) => (isJsonObject(part) ? withoutCachePoint(part) : part)) }
    : block;
}
