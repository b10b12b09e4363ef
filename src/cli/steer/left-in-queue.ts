/** `andwait stop` of a run whose own process was killed: its agents on other hosts know nothing of that. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { readRun } from '../../journal/run-record.ts';
import { openQueue } from '../../launch/open-queue.ts';
import { queueOnRecord } from '../../launch/queue-chosen.ts';
import { clearLeftJobs } from '../../queue/client/left-jobs.ts';
import { countText } from '../../report/text/figures.ts';
import { closing } from '../../wire/closing.ts';
import { ANDWAIT_QUEUE } from '../../wire/environment/queue-environment.ts';
import type { ChosenRun } from '../reading/chosen-run.ts';

/** In words, what became of them; `undefined`: the run has nothing in a queue. Throws `UserError` where it cannot be reached. */
export async function stoppedElsewhere({ folder }: ChosenRun, program: Program): Promise<string | undefined> {
  const run = await readRun(folder);
  const recorded = run?.attempts.at(-1)?.options.queue;
  if (run?.state !== 'unfinished' || run.description.kind === 'worker' || recorded === undefined)
    return undefined;
  const { runId } = run.description;
  const queue = queueOnRecord(undefined, recorded, program.env);
  if (queue === undefined) {
    throw new UserError(
      `nobody works on run ${runId}: it was cut off; what it left in the queue ${recorded}, whose password is not kept, can be ended: set ${ANDWAIT_QUEUE}`,
    );
  }
  const calls = [...run.calls.values()].map(({ started, settled }) => ({
    key: started.key,
    isSettled: settled !== undefined,
  }));
  const engine = await openQueue(queue, program);
  await using _engine = closing(engine);
  const { removed, stopping } = await clearLeftJobs(engine, runId, calls).catch((error: Error) => {
    throw new UserError(`the queue ${queue.masked} does not answer: ${error.message}`);
  });
  return `run ${runId} was cut off; of what it left with other hosts: ${countText(stopping, 'agent')} to end, ${countText(removed, 'waiting call')} dropped`;
}
