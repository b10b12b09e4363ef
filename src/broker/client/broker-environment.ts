/** What a broker takes over from whoever starts it: enough to find its places, none of the keys, nothing of a single call. */
import type { Environment } from '../../core/program.ts';
import { ANDWAIT_QUEUE } from '../../wire/environment/queue-environment.ts';

const TAKEN = new Set(['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR']);
const OURS = 'ANDWAIT_';

/**
 * Belong to one run or one agent. A broker with the lease of the agent below which it was started would be taken for
 * that agent, and ended with it.
 */
const OF_ONE_CALL = new Set([
  'ANDWAIT_RUN_ID',
  'ANDWAIT_RUN_DIR',
  'ANDWAIT_RUN_CWD',
  'ANDWAIT_RUNS_ABOVE',
  'ANDWAIT_EXEC',
  'ANDWAIT_AGENT',
  'ANDWAIT_CALL',
  'ANDWAIT_CALL_KEY',
  'ANDWAIT_CALL_OCCURRENCE',
  'ANDWAIT_LEASE',
  'ANDWAIT_TIMEOUT_SECONDS',
  'ANDWAIT_IDLE_SECONDS',
]);

export function brokerEnvironment(env: Environment): Environment {
  const kept = Object.entries(env).filter(
    ([name]) =>
      TAKEN.has(name) || (name.startsWith(OURS) && !OF_ONE_CALL.has(name) && name !== ANDWAIT_QUEUE),
  );
  return Object.fromEntries(kept);
}
