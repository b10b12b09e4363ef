/** The `result` event of an agent: how a turn ended and what it took. */
import type { JsonObject } from '../core/json.ts';
import type { AgentEvent } from '../wire/events/event.ts';
import { usageText } from './call-words.ts';
import { countText, dollarsText, durationText } from './text/figures.ts';
import type { Told } from './text/labelled-lines.ts';
import { safeLines, shortLine } from './text/safe-text.ts';
import { numberAt, objectAt, objectsAt, textAt, textsAt } from './transcript/event-reading.ts';
import { excerpt } from './transcript/excerpt.ts';
import { countTools, toolCountsText } from './transcript/tool-counts.ts';

const ERROR_LINES = 10;

/** `lastText` is what the agent said last: a good result says it again, which nobody wants to read twice. */
export function resultWords(event: AgentEvent, lastText: string): Told[] {
  const denials = objectsAt(event, 'permission_denials').map(
    (denial) => textAt(denial, 'tool_name') ?? 'a tool',
  );
  // As the outcome is judged: anything but a plain `false` is no success.
  const told = event['is_error'] === false ? replyWords(event, lastText) : failureWords(event);
  if (denials.length > 0) told.push({ label: 'denied', lines: [toolCountsText(countTools(denials))] });
  return told;
}

function replyWords(event: AgentEvent, lastText: string): Told[] {
  const text = textAt(event, 'result') ?? '';
  const structured = event['structured_output'];
  const told: Told[] = [];
  if (structured !== undefined) {
    told.push({ label: 'value', lines: excerpt(JSON.stringify(structured, null, 2), 20) });
  } else if (text !== lastText && text !== '') {
    told.push({ label: 'text', lines: safeLines(text) });
  }
  told.push({ label: 'done', lines: [figures(event)] });
  return told;
}

/** An API error calls itself `success`: the words that say more come from elsewhere then. */
function failureWords(event: AgentEvent): Told[] {
  const subtype = textAt(event, 'subtype') ?? '';
  const terminalReason = textAt(event, 'terminal_reason') ?? '';
  const reason =
    [subtype === 'success' ? '' : subtype, terminalReason].find((word) => word !== '') ?? 'error';
  const text = textAt(event, 'result') ?? textsAt(event, 'errors').join('\n');
  const told: Told[] = [{ label: 'failed', lines: [`${shortLine(reason, 60)}; ${figures(event)}`] }];
  if (text !== '') told.push({ label: '', lines: excerpt(text, ERROR_LINES) });
  return told;
}

/** `12s, 3 turns, 12.3k in 2.1k out, $0.0042`. */
function figures(event: AgentEvent): string {
  const durationMs = numberAt(event, 'duration_ms');
  const turns = numberAt(event, 'num_turns');
  return [
    durationMs === undefined ? '' : durationText(durationMs),
    turns === undefined ? '' : countText(turns, 'turn'),
    tokens(objectAt(event, 'usage')),
    dollarsText(numberAt(event, 'total_cost_usd') ?? null),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function tokens(usage: JsonObject | undefined): string {
  return usageText({
    inputTokens: numberAt(usage, 'input_tokens') ?? 0,
    outputTokens: numberAt(usage, 'output_tokens') ?? 0,
    cacheReadTokens: numberAt(usage, 'cache_read_input_tokens') ?? 0,
    cacheCreationTokens: numberAt(usage, 'cache_creation_input_tokens') ?? 0,
  });
}
