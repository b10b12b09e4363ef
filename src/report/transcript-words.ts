/** What an agent did, in words: its transcript read line by line, so that one of any length can be told while it is read. */
import type { JsonObject } from '../core/json.ts';
import type { AgentEvent, StreamItem } from '../wire/event.ts';
import { blocksAt, flagAt, numberAt, objectAt, textAt } from './event-reading.ts';
import { excerpt } from './excerpt.ts';
import { timeText, wholeText } from './figures.ts';
import { labelled } from './labelled-lines.ts';
import { resultLines } from './result-words.ts';
import { safeLines, shortLine } from './safe-text.ts';
import { systemLines } from './system-words.ts';
import { toolResultLines, toolUseText } from './tool-words.ts';

const PROMPT_LINES = 20;
const THOUGHT_LINES = 3;

/** Parts of what another event tells whole, and the talk between a program and its SDK. */
const UNTOLD_TYPES = new Set([
  'stream_event',
  'control_request',
  'control_response',
  'control_cancel_request',
  'keep_alive',
]);

export class TranscriptWords {
  /** Tools under way, by the id that their result will name. */
  readonly #openTools = new Map<string, string>();
  #lastText = '';

  lines(item: StreamItem): string[] {
    switch (item.kind) {
      case 'event':
        return this.#eventLines(item.event);
      case 'malformed':
        return labelled('unread', [
          `${wholeText(item.bytes)} bytes, no JSON object: ${shortLine(item.start, 120)}`,
        ]);
      case 'too-long':
        return labelled('unread', [`a line of ${wholeText(item.bytes)} bytes`]);
    }
  }

  #eventLines(event: AgentEvent): string[] {
    const lines = this.#linesOf(event);
    // What a sub-agent does stands under the tool that started it.
    return textAt(event, 'parent_tool_use_id') === undefined ? lines : lines.map((line) => `  ${line}`);
  }

  #linesOf(event: AgentEvent): string[] {
    const type = textAt(event, 'type');
    switch (type) {
      case 'andwait/call':
        return labelled('prompt', excerpt(textAt(event, 'prompt') ?? '', PROMPT_LINES));
      case 'system':
        return systemLines(event);
      case 'assistant':
      case 'user':
        return blocksAt(objectAt(event, 'message'), 'content').flatMap((block) =>
          this.#blockLines(block, type),
        );
      case 'result':
        return resultLines(event, this.#lastText);
      case 'rate_limit_event':
        return rateLimitLines(objectAt(event, 'rate_limit_info'));
      case undefined:
        return labelled('event', ['without a type']);
      default:
        return UNTOLD_TYPES.has(type) ? [] : labelled('event', [shortLine(type, 60)]);
    }
  }

  #blockLines(block: JsonObject, from: 'assistant' | 'user'): string[] {
    const type = textAt(block, 'type') ?? 'block without a type';
    switch (type) {
      case 'text':
        return this.#textLines(textAt(block, 'text') ?? '', from);
      case 'thinking':
        return labelled('thinks', excerpt(textAt(block, 'thinking') ?? '', THOUGHT_LINES));
      case 'tool_use':
      case 'server_tool_use':
        this.#openTools.set(textAt(block, 'id') ?? '', textAt(block, 'name') ?? '');
        return labelled('tool', [toolUseText(block)]);
      case 'tool_result':
        return this.#toolResultLines(block);
      default:
        return labelled('content', [shortLine(type, 60)]);
    }
  }

  #textLines(text: string, from: 'assistant' | 'user'): string[] {
    if (text.trim() === '') return [];
    if (from === 'user') return labelled('prompt', excerpt(text, PROMPT_LINES));
    this.#lastText = text;
    return labelled('text', safeLines(text));
  }

  /** Results of several tools come in any order: each names its tool. */
  #toolResultLines(block: JsonObject): string[] {
    const id = textAt(block, 'tool_use_id') ?? '';
    const tool = this.#openTools.get(id);
    this.#openTools.delete(id);
    const [first = '', ...rest] = toolResultLines(block);
    const named = tool === undefined ? first : `${shortLine(tool, 60)}: ${first}`;
    return labelled(flagAt(block, 'is_error') ? 'error' : 'result', [named, ...rest]);
  }
}

/** Told when it says more than that all is well. */
function rateLimitLines(info: JsonObject | undefined): string[] {
  const status = textAt(info, 'status') ?? 'unknown';
  if (status === 'allowed') return [];
  const kind = textAt(info, 'rateLimitType');
  const resetsAt = numberAt(info, 'resetsAt');
  const until = resetsAt === undefined ? '' : `, until ${timeText(1000 * resetsAt)}`;
  return labelled('limit', [
    `${shortLine(status, 40)}${kind === undefined ? '' : `, ${shortLine(kind, 40)}`}${until}`,
  ]);
}
