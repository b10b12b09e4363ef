/** The exit code that a result event stands for. */
import { type AgentEvent, isResultEvent } from '../wire/events/event.ts';
import { EXIT_ERROR } from './refuse.ts';
import { Interrupted } from './session/ending.ts';

/** Measured: a turn that SIGINT interrupted exits with 0 all the same, its result event says what happened. */
export function exitCodeOf(result: AgentEvent, signal: AbortSignal): number {
  if (signal.reason instanceof Interrupted) return 0;
  return isResultEvent(result) && !result.is_error ? 0 : EXIT_ERROR;
}
