/** Which queue a command is to use, if any: told by a flag, or by the environment. */
import type { Environment } from '../core/program.ts';
import { MASK, type QueueUrl, queueUrlOf } from '../queue/queue-url.ts';
import { ANDWAIT_QUEUE } from '../wire/environment/queue-environment.ts';

const NONE = 'off';

/** `flag`: of the command line; `off` there is none, whatever the environment says. */
export function queueChosen(flag: string | undefined, env: Environment): QueueUrl | undefined {
  if (flag === NONE) return undefined;
  if (flag !== undefined) return queueUrlOf('--queue', flag);
  const said = env[ANDWAIT_QUEUE];
  return said === undefined || said === '' ? undefined : queueUrlOf(ANDWAIT_QUEUE, said);
}

/** Of a run on record, where nobody said another: its URL is kept without a password, and is as good as it was where it had none. */
export function queueOnRecord(
  flag: string | undefined,
  recorded: string | undefined,
  env: Environment,
): QueueUrl | undefined {
  const said = queueChosen(flag, env);
  if (said !== undefined || flag !== undefined || recorded?.includes(MASK) !== false) return said;
  return queueUrlOf('--queue', recorded);
}

/** Without the queue: its URL may hold a password, and whoever runs below an agent is not to wait for hosts that wait for it. */
export function withoutQueue(env: Environment): Environment {
  const { [ANDWAIT_QUEUE]: _url, ...rest } = env;
  return rest;
}
