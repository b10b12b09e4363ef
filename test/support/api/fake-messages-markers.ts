/**
 * The language in which a prompt tells the stand-in API what to answer, shared with the conformance cases:
 * `ECHO:text`, `JSON:{…}` for StructuredOutput, `SLEEP:ms`, `FAIL:status[xTimes]`, `TOOL:Name {…}`,
 * `USAGE:outputTokens`, `BADFIRST` for a first structured answer that does not match.
 */
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { sampleOf } from '../../../src/print/rehearsal/sample.ts';
import { type ReplyBuilder, reply } from './fake-messages-reply.ts';

export interface MarkedRequest {
  readonly prompt: string;
  readonly messages: readonly JsonObject[];
  readonly tools: readonly JsonObject[];
}

/** Remembers, per prompt, how often it was made to fail. */
export type FailureCounts = Map<string, number>;

export function replyByMarkers(request: MarkedRequest, failures: FailureCounts): ReplyBuilder {
  const { prompt } = request;
  const results = lastToolResults(request.messages);
  const answer = failingReply(prompt, failures) ?? contentReply(request, results);
  const sleep = /SLEEP:(\d+)/.exec(prompt);
  if (sleep !== null && results.length === 0) answer.after(Number(sleep[1]));
  const usage = /USAGE:(\d+)/.exec(prompt);
  return usage === null ? answer : answer.usage({ output_tokens: Number(usage[1]) });
}

function failingReply(prompt: string, failures: FailureCounts): ReplyBuilder | undefined {
  const marker = /FAIL:(\d+)(?:x(\d+))?/.exec(prompt);
  if (marker === null) return undefined;
  const count = (failures.get(prompt) ?? 0) + 1;
  failures.set(prompt, count);
  if (marker[2] !== undefined && count > Number(marker[2])) return undefined;
  const code = Number(marker[1]);
  return reply().status(code, { headers: code === 429 ? { 'retry-after': '1' } : {} });
}

function contentReply(request: MarkedRequest, results: readonly JsonObject[]): ReplyBuilder {
  const { prompt } = request;
  const tool = /TOOL:(\w+) (\{.*\})/s.exec(prompt);
  if (tool !== null && results.length === 0) return reply().tool(tool[1] ?? '', JSON.parse(tool[2] ?? ''));
  const wanted = request.tools.find((entry) => entry['name'] === 'StructuredOutput');
  const delivered = results.some((entry) => entry['is_error'] !== true && /structured/i.test(textOf(entry)));
  if (wanted !== undefined && !delivered) return structuredReply(prompt, wanted, results);
  const echo = /ECHO:([^\n]*)/.exec(prompt);
  if (echo !== null) return reply().text(echo[1] ?? '');
  return reply().text(results.length > 0 ? 'done after tool' : `echo: ${prompt}`);
}

function structuredReply(prompt: string, tool: JsonObject, results: readonly JsonObject[]): ReplyBuilder {
  const told = results.some((entry) => entry['is_error'] === true);
  if (/BADFIRST/.test(prompt) && !told) return reply().tool('StructuredOutput', { wrong: 1 });
  const value = /JSON:(\{.*\})/s.exec(prompt);
  if (value !== null) return reply().tool('StructuredOutput', JSON.parse(value[1] ?? ''));
  const schema = tool['input_schema'];
  return reply().tool('StructuredOutput', isJsonObject(schema) ? sampleOf(schema, prompt, 1) : {});
}

function lastToolResults(messages: readonly JsonObject[]): JsonObject[] {
  const last = messages.filter((message) => message['role'] === 'user').at(-1);
  return blocksOf(last).filter((block) => block['type'] === 'tool_result');
}

/** The prompt is the last text of the last user message that is no answer to a tool call. */
export function promptOf(messages: readonly JsonObject[]): string {
  const asked = messages.filter(
    (message) =>
      message['role'] === 'user' && !blocksOf(message).some((block) => block['type'] === 'tool_result'),
  );
  const text = blocksOf(asked.at(-1)).findLast((block) => block['type'] === 'text')?.['text'];
  return typeof text === 'string' ? unframed(text) : '';
}

const FRAME = 'The computed task text follows:\n';

/** A workflow's agent may get its task framed: below a fixed line, indented. */
function unframed(text: string): string {
  const start = text.indexOf(FRAME);
  if (start < 0) return text;
  return text
    .slice(start + FRAME.length)
    .replace(/^ {2}/gm, '')
    .replace(/\n+$/, '');
}

function blocksOf(message: JsonObject | undefined): JsonObject[] {
  const content = message?.['content'];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}

function textOf(block: JsonObject): string {
  const content = block['content'];
  if (typeof content === 'string') return content;
  return Array.isArray(content)
    ? content.map((part) => (isJsonObject(part) ? part['text'] : '')).join('\n')
    : '';
}
