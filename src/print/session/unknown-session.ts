/** The result event of a session that could not be gone on with: no turn began, and whoever reads a stream still waits for its end. */
import { type AgentEvent, RESULT_SUBTYPES } from '../../wire/events/event.ts';
import { type EventStamp, resultEvent } from '../../wire/events/event-writer.ts';
import type { Account } from '../models/account.ts';

export function unknownSessionEvent(stamp: EventStamp, account: Account, message: string): AgentEvent {
  const { costUsd, usage, modelUsage } = account;
  return resultEvent(stamp, {
    subtype: RESULT_SUBTYPES.duringExecution,
    isError: true,
    terminalReason: undefined,
    text: undefined,
    errors: [message],
    structured: undefined,
    numTurns: 0,
    stopReason: null,
    durationMs: 0,
    durationApiMs: 0,
    costUsd,
    usage,
    modelUsage,
    denials: [],
    apiErrorStatus: null,
    apiErrorType: undefined,
  });
}
