/** The `system` events of an agent: who answers and where, waits before another try, and what else it reports of itself. */
import type { AgentEvent } from '../../wire/events/event.ts';
import { durationText } from '../text/figures.ts';
import type { Told } from '../text/labelled-lines.ts';
import { safeLine, shortLine } from '../text/safe-text.ts';
import { numberAt, textAt } from './event-reading.ts';

/** They tell of the program's inner state, many times over. */
const UNTOLD_SUBTYPES = new Set([
  'session_state_changed',
  'background_tasks_changed',
  'task_progress',
  'task_updated',
]);

export function systemWords(event: AgentEvent): Told[] {
  const subtype = textAt(event, 'subtype') ?? 'system';
  if (subtype === 'init') return [{ label: 'agent', lines: [initText(event)] }];
  if (subtype === 'api_retry') return [{ label: 'retry', lines: [retryText(event)] }];
  if (UNTOLD_SUBTYPES.has(subtype)) return [];
  const told = textAt(event, 'description') ?? textAt(event, 'summary') ?? textAt(event, 'hook_name');
  const line = `${shortLine(subtype, 60)}${told === undefined ? '' : `: ${shortLine(told, 160)}`}`;
  return [{ label: 'event', lines: [line] }];
}

function initText(event: AgentEvent): string {
  const version = textAt(event, 'claude_code_version');
  const session = textAt(event, 'session_id');
  const cwd = textAt(event, 'cwd');
  const tools = event['tools'];
  return [
    shortLine(textAt(event, 'model') ?? 'unknown model', 60),
    version === undefined ? '' : `version ${shortLine(version, 40)}`,
    shortLine(textAt(event, 'permissionMode') ?? '', 40),
    Array.isArray(tools) ? `${tools.length} tools` : '',
    session === undefined ? '' : `session ${shortLine(session, 60)}`,
    cwd === undefined ? '' : `in ${safeLine(cwd)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** `attempt 1 of 10 in 2.0s: rate_limit, HTTP 429`. */
function retryText(event: AgentEvent): string {
  const attempt = numberAt(event, 'attempt');
  const maxRetries = numberAt(event, 'max_retries');
  const delayMs = numberAt(event, 'retry_delay_ms');
  const status = numberAt(event, 'error_status');
  const count = `attempt ${attempt ?? '?'}${maxRetries === undefined ? '' : ` of ${maxRetries}`}`;
  const why = [shortLine(textAt(event, 'error') ?? '', 120), status === undefined ? '' : `HTTP ${status}`]
    .filter((part) => part !== '')
    .join(', ');
  return `${count}${delayMs === undefined ? '' : ` in ${durationText(delayMs)}`}${why === '' ? '' : `: ${why}`}`;
}
