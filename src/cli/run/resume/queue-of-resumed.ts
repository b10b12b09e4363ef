/** The queue of a run that is gone on with: of this command line, else of the last attempt, as far as that is on record. */
import { UserError } from '../../../core/exit.ts';
import type { Environment } from '../../../core/program.ts';
import { queueOnRecord } from '../../../launch/queue-chosen.ts';
import type { QueueUrl } from '../../../queue/queue-url.ts';
import { ANDWAIT_QUEUE } from '../../../wire/environment/queue-environment.ts';

/** `recorded`: without its password. */
export function queueOfResumed(
  flag: string | undefined,
  recorded: string | undefined,
  env: Environment,
): QueueUrl | undefined {
  const found = queueOnRecord(flag, recorded, env);
  if (found !== undefined || flag !== undefined || recorded === undefined) return found;
  throw new UserError(
    `the agents of this run go through the queue ${recorded}, whose password is not kept; give --queue, or set ${ANDWAIT_QUEUE}; --queue off runs them here`,
  );
}
