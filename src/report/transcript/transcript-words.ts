/** What an agent did, in words: its transcript read line by line, so that one of any length can be told while it is read. */
import type { JsonObject } from '../../core/json.ts';
import type { AgentEvent, StreamItem } from '../../wire/events/event.ts';
import { resultWords } from '../result-words.ts';
import { timeText, wholeText } from '../text/figures.ts';
import { labelled, type Told } from '../text/labelled-lines.ts';
import { safeLines, shortLine } from '../text/safe-text.ts';
import { blocksAt, flagAt, numberAt, objectAt, textAt } from './event-reading.ts';
import { excerpt } from './excerpt.ts';
import { systemWords } from './system-words.ts';
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

/** One thing that an agent did or was told. */
export interface Step extends Told {
  /** Of an agent that the agent itself started. */
  readonly ofSubagent: boolean;
}

export class TranscriptWords {
  /** Tools under way, by the id that their result will name. */
  readonly #openTools = new Map<string, string>();
  #lastText = '';

  lines(item: StreamItem): string[] {
    return this.steps(item).flatMap(({ label, lines, ofSubagent }) => {
      const shown = labelled(label, lines);
      // What a sub-agent does stands under the tool that started it.
      return ofSubagent ? shown.map((line) => `  ${line}`) : shown;
    });
  }

  steps(item: StreamItem): Step[] {
    switch (item.kind) {
      case 'event': {
        const ofSubagent = textAt(item.event, 'parent_tool_use_id') !== undefined;
        return this.#wordsOf(item.event).map((told) => ({ ...told, ofSubagent }));
      }
      case 'malformed': {
        const what = `${wholeText(item.bytes)} bytes, no JSON object: ${shortLine(item.start, 120)}`;
        return [{ label: 'unread', lines: [what], ofSubagent: false }];
      }
      case 'too-long':
        return [{ label: 'unread', lines: [`a line of ${wholeText(item.bytes)} bytes`], ofSubagent: false }];
    }
  }

  #wordsOf(event: AgentEvent): Told[] {
    const type = textAt(event, 'type');
    switch (type) {
      case 'andwait/call':
        return [{ label: 'prompt', lines: excerpt(textAt(event, 'prompt') ?? '', PROMPT_LINES) }];
      case 'andwait/host':
        return [{ label: 'host', lines: [shortLine(textAt(event, 'host') ?? '', 60)] }];
      case 'andwait/gap':
        return [{ label: 'missing', lines: [missingText(numberAt(event, 'bytes'))] }];
      case 'system':
        return systemWords(event);
      case 'assistant':
      case 'user':
        return blocksAt(objectAt(event, 'message'), 'content').flatMap(
          (block) => this.#blockWords(block, type) ?? [],
        );
      case 'result':
        return resultWords(event, this.#lastText);
      case 'rate_limit_event':
        return rateLimitWords(objectAt(event, 'rate_limit_info'));
      case undefined:
        return [{ label: 'event', lines: ['without a type'] }];
      default:
        return UNTOLD_TYPES.has(type) ? [] : [{ label: 'event', lines: [shortLine(type, 60)] }];
    }
  }

  #blockWords(block: JsonObject, from: 'assistant' | 'user'): Told | undefined {
    const type = textAt(block, 'type') ?? 'block without a type';
    switch (type) {
      case 'text':
        return this.#textWords(textAt(block, 'text') ?? '', from);
      case 'thinking':
        return { label: 'thinks', lines: excerpt(textAt(block, 'thinking') ?? '', THOUGHT_LINES) };
      case 'tool_use':
      case 'server_tool_use':
        this.#openTools.set(textAt(block, 'id') ?? '', textAt(block, 'name') ?? '');
        return { label: 'tool', lines: [toolUseText(block)] };
      case 'tool_result':
        return this.#toolResultWords(block);
      default:
        return { label: 'content', lines: [shortLine(type, 60)] };
    }
  }

  #textWords(text: string, from: 'assistant' | 'user'): Told | undefined {
    if (text.trim() === '') return undefined;
    if (from === 'user') return { label: 'prompt', lines: excerpt(text, PROMPT_LINES) };
    this.#lastText = text;
    return { label: 'text', lines: safeLines(text) };
  }

  /** Results of several tools come in any order: each names its tool. */
  #toolResultWords(block: JsonObject): Told {
    const id = textAt(block, 'tool_use_id') ?? '';
    const tool = this.#openTools.get(id);
    this.#openTools.delete(id);
    const [first = '', ...rest] = toolResultLines(block);
    const named = tool === undefined ? first : `${shortLine(tool, 60)}: ${first}`;
    return { label: flagAt(block, 'is_error') ? 'error' : 'result', lines: [named, ...rest] };
  }
}

/** Of what an agent wrote on another host. */
function missingText(bytes: number | undefined): string {
  return bytes === undefined ? '… perhaps more' : `… ${wholeText(bytes)} bytes`;
}

/** Told when it says more than that all is well. */
function rateLimitWords(info: JsonObject | undefined): Told[] {
  const status = textAt(info, 'status') ?? 'unknown';
  if (status === 'allowed') return [];
  const kind = textAt(info, 'rateLimitType');
  const resetsAt = numberAt(info, 'resetsAt');
  const until = resetsAt === undefined ? '' : `, until ${timeText(1000 * resetsAt)}`;
  const line = `${shortLine(status, 40)}${kind === undefined ? '' : `, ${shortLine(kind, 40)}`}${until}`;
  return [{ label: 'limit', lines: [line] }];
}
