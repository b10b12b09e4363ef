/** The environment of an agent: ours, handed on, less what would make it think it runs inside another agent. */
import type { AgentCall } from '../../core/call.ts';
import type { LeaseTicket } from '../../core/ports.ts';
import type { Environment } from '../../core/program.ts';
import { ANDWAIT_QUEUE } from '../../wire/environment/queue-environment.ts';
import {
  ANDWAIT_CALL,
  ANDWAIT_CALL_KEY,
  ANDWAIT_CALL_OCCURRENCE,
  ANDWAIT_LEASE,
  ANDWAIT_RUN_ID,
} from '../../wire/environment/run-environment.ts';

/**
 * Set by the real program for the commands it runs: a session, its socket and its token that are not the new agent's
 * own. Builds of early 2026 refused to start where they saw CLAUDECODE; 2.1.330 starts all the same.
 */
const NESTING_MARKS: ReadonlySet<string> = new Set([
  'AI_AGENT',
  'CLAUDECODE',
  'CLAUDE_CODE_CHILD_NOTES_DIR',
  'CLAUDE_CODE_CHILD_SESSION',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_EXECPATH',
  'CLAUDE_CODE_MESSAGING_SOCKET',
  'CLAUDE_CODE_MESSAGING_TOKEN',
  'CLAUDE_CODE_SESSION_ATTENDED',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_SSE_PORT',
  'CLAUDE_EFFORT',
  'CLAUDE_PID',
]);

/**
 * What every agent gets of our environment. A plain copy: `process.env` asks the system for each variable, which at
 * every spawn would cost a tenth of the spawn.
 */
export function inheritedEnvironment(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !NESTING_MARKS.has(name) && name !== ANDWAIT_QUEUE),
  );
}

/** What one call adds. */
export function callEnvironment(
  inherited: Environment,
  call: AgentCall,
  runId: string,
  ticket: LeaseTicket | undefined,
): Environment {
  return {
    ...inherited,
    ...(ticket === undefined ? {} : { [ANDWAIT_LEASE]: ticket.leaseId }),
    [ANDWAIT_RUN_ID]: runId,
    [ANDWAIT_CALL]: String(call.id),
    [ANDWAIT_CALL_KEY]: call.key,
    [ANDWAIT_CALL_OCCURRENCE]: String(call.occurrence),
  };
}
