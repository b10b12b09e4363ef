/** What an event of an agent's stream tells of its model API that concerns all other agents, while that one still runs. */
import type { Pressure } from '../../core/outcome.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { pressureIn } from '../../wire/refusal-words.ts';
import { amountOf, objectOf, textOf, textsOf } from './event-field.ts';

/** `now`: milliseconds since the epoch. */
export function pressureInEvent(event: AgentEvent, now: number): Pressure | undefined {
  switch (event['type']) {
    case 'system':
      return event['subtype'] === 'api_retry' ? retried(event) : undefined;
    case 'rate_limit_event':
      return rejected(event);
    case 'result':
      return event['is_error'] === true ? refused(event, now) : undefined;
    default:
      return undefined;
  }
}

/** Refused credentials are asked about once or twice more by the real program: its result tells what came of it. */
function retried(event: AgentEvent): Pressure | undefined {
  const status = amountOf(event['error_status']) ?? null;
  const word = textOf(event['error']);
  const isLimit = status === 429 || status === 529 || word === 'rate_limit' || word === 'overloaded';
  if (!isLimit) return undefined;
  return { kind: 'limited', status, retryAfterMs: amountOf(event['retry_delay_ms']) ?? null };
}

/** Measured: a plain 429 of a subscriber's also says `rejected`, but names no end; and who pays for more goes on. */
function rejected(event: AgentEvent): Pressure | undefined {
  const info = objectOf(event['rate_limit_info']);
  const resetsAt = amountOf(info?.['resetsAt']);
  if (info?.['status'] !== 'rejected' || resetsAt === undefined || info['isUsingOverage'] === true) {
    return undefined;
  }
  const which = textOf(info['rateLimitType'])?.replaceAll('_', ' ');
  const message = `the account's ${which === undefined ? '' : `${which} `}limit is reached`;
  return { kind: 'quota', resetAt: resetsAt * 1000, message };
}

function refused(event: AgentEvent, now: number): Pressure | undefined {
  const said = textOf(event['result']) ?? textsOf(event['errors']).join('; ');
  return pressureIn({ status: amountOf(event['api_error_status']), said }, now);
}
