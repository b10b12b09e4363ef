/** The `result` event of an agent: how a turn ended and what it took. */
import type { JsonObject } from '../core/json.ts';
import type { AgentEvent } from '../wire/event.ts';
import { usageText } from './call-words.ts';
import { flagAt, numberAt, objectAt, objectsAt, textAt, textsAt } from './event-reading.ts';
import { excerpt } from './excerpt.ts';
import { countText, dollarsText, durationText } from './figures.ts';
import { labelled } from './labelled-lines.ts';
import { safeLines, shortLine } from './safe-text.ts';
import { countTools, toolCountsText } from './tool-counts.ts';

const ERROR_LINES = 10;

/** `lastText` is what the agent said last: a good result says it again, which nobody wants to read twice. */
export function resultLines(event: AgentEvent, lastText: string): string[] {
  const denials = objectsAt(event, 'permission_denials').map(
    (denial) => textAt(denial, 'tool_name') ?? 'a tool',
  );
  return [
    ...(flagAt(event, 'is_error') ? failureLines(event) : replyLines(event, lastText)),
    ...(denials.length === 0 ? [] : labelled('denied', [toolCountsText(countTools(denials))])),
  ];
}

function replyLines(event: AgentEvent, lastText: string): string[] {
  const text = textAt(event, 'result') ?? '';
  const structured = event['structured_output'];
  const said =
    text === lastText || text === '' || structured !== undefined ? [] : labelled('text', safeLines(text));
  const value =
    structured === undefined ? [] : labelled('value', excerpt(JSON.stringify(structured, null, 2), 20));
  return [...said, ...value, ...labelled('done', [figures(event)])];
}

/** An API error calls itself `success`: the words that say more come from elsewhere then. */
function failureLines(event: AgentEvent): string[] {
  const subtype = textAt(event, 'subtype') ?? '';
  const terminalReason = textAt(event, 'terminal_reason') ?? '';
  const reason =
    [subtype === 'success' ? '' : subtype, terminalReason].find((word) => word !== '') ?? 'error';
  const text = textAt(event, 'result') ?? textsAt(event, 'errors').join('\n');
  return [
    ...labelled('failed', [`${shortLine(reason, 60)}; ${figures(event)}`]),
    ...(text === '' ? [] : labelled('', excerpt(text, ERROR_LINES))),
  ];
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
