/** Events of a run with everything a test does not care about filled in. */
import { NO_USAGE } from '../../../src/core/outcome.ts';
import type { CallActivity, RunEvent } from '../../../src/core/progress.ts';
import { NO_CALLS, type RunResult } from '../../../src/core/run.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
type More<Type extends RunEvent['type']> = Partial<EventOf<Type>>;

export const USAGE = { ...NO_USAGE, inputTokens: 12_300, outputTokens: 2_100 };

export function runStarted(more: More<'run_started'> = {}): RunEvent {
  return {
    type: 'run_started',
    runId: 'r-1',
    name: 'audit',
    description: 'Finds bugs',
    phases: [],
    agent: 'rehearsal',
    at: 0,
    ...more,
  };
}

export function phase(title: string, workflow?: string): RunEvent {
  return { type: 'phase', title, workflow, at: 0 };
}

/** `call`: the failed call that the line repeats. */
export function log(text: string, call?: number): RunEvent {
  return { type: 'log', text, call, at: 0 };
}

export function queued(call: number, more: More<'call_queued'> = {}): RunEvent {
  const label = `agent-${call}`;
  return {
    type: 'call_queued',
    call,
    label,
    phase: undefined,
    workflow: undefined,
    model: undefined,
    at: 0,
    ...more,
  };
}

export function started(call: number, at = 0): RunEvent {
  return { type: 'call_started', call, at };
}

export function activity(call: number, is: CallActivity, at = 0): RunEvent {
  return { type: 'call_activity', call, activity: is, at };
}

export function settled(call: number, more: More<'call_settled'> = {}): EventOf<'call_settled'> {
  return {
    type: 'call_settled',
    call,
    label: `agent-${call}`,
    end: 'reply',
    summary: 'done',
    replayed: false,
    usage: USAGE,
    costUsd: 0.0042,
    denials: [],
    worktree: undefined,
    durationMs: 12_000,
    at: 0,
    ...more,
  };
}

export function failed(
  call: number,
  message: string,
  more: More<'call_settled'> = {},
): EventOf<'call_settled'> {
  return settled(call, { end: 'api-error', summary: message, ...more });
}

export function refused(label: string, cap: 'agents' | 'tokens' = 'agents', call?: number): RunEvent {
  return {
    type: 'call_refused',
    call,
    label,
    cap,
    message: `the cap of ${cap} is reached`,
    raise: `--${cap} 9`,
    at: 0,
  };
}

export function held(cause: EventOf<'run_held'>['cause'], resetAt: number | null = null): RunEvent {
  return { type: 'run_held', cause, resetAt, at: 0 };
}

export function result(more: Partial<RunResult> = {}): RunResult {
  return {
    type: 'result',
    runId: 'r-1',
    name: 'audit',
    status: 'completed',
    result: null,
    error: null,
    calls: NO_CALLS,
    usage: NO_USAGE,
    costUsd: 0,
    durationMs: 65_000,
    attempts: [],
    ...more,
  };
}
