/** What an event says the agent is doing now: at most one activity an event, so that progress stays cheap. */
import type { CallActivity } from '../../core/progress.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { amountOf, contentOf, textOf } from './event-field.ts';

export function activityOf(event: AgentEvent): CallActivity | undefined {
  switch (event['type']) {
    case 'assistant':
      return messageActivity(event);
    case 'system':
      return event['subtype'] === 'api_retry' ? retryActivity(event) : undefined;
    default:
      return undefined;
  }
}

/** A tool beats text: what comes next is the tool's work. */
function messageActivity(event: AgentEvent): CallActivity | undefined {
  const blocks = contentOf(event);
  const tool = blocks.findLast((block) => block['type'] === 'tool_use');
  if (tool) return { kind: 'tool', tool: textOf(tool['name']) ?? 'unnamed' };
  return blocks.some((block) => block['type'] === 'text') ? { kind: 'text' } : undefined;
}

function retryActivity(event: AgentEvent): CallActivity {
  return {
    kind: 'retry',
    attempt: amountOf(event['attempt']) ?? 0,
    delayMs: amountOf(event['retry_delay_ms']) ?? 0,
    status: amountOf(event['error_status']) ?? null,
  };
}
