/** The events of a hook's life, for whoever asked to be told of them. */
import type { AgentEvent } from './event.ts';
import type { EventStamp } from './event-writer.ts';

export interface HookRun {
  readonly id: string;
  /** The moment it stands for: `PreToolUse`. */
  readonly event: string;
  readonly tool: string;
}

export interface HookEnd {
  /** `null`: it was ended, or did not start. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function hookStartedEvent(stamp: EventStamp, run: HookRun): AgentEvent {
  return { ...headOf(run, 'hook_started'), uuid: stamp.uuid(), session_id: stamp.sessionId };
}

export function hookResponseEvent(
  stamp: EventStamp,
  run: HookRun,
  { code, stdout, stderr }: HookEnd,
): AgentEvent {
  return {
    ...headOf(run, 'hook_response'),
    output: stdout + stderr,
    stdout,
    stderr,
    ...(code === null ? {} : { exit_code: code }),
    outcome: code === 0 ? 'success' : code === null ? 'cancelled' : 'error',
    uuid: stamp.uuid(),
    session_id: stamp.sessionId,
  };
}

function headOf({ id, event, tool }: HookRun, subtype: string): AgentEvent {
  return {
    type: 'system',
    subtype,
    hook_id: id,
    hook_name: `${event}:${tool}`,
    hook_event: event,
  };
}
