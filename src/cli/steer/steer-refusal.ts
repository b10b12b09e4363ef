/** Why a run, or one of its calls, cannot be taken hold of: told from the run's own files, with what can be done instead. */
import { EXIT, UserError } from '../../core/exit.ts';
import { isAlive, type Program } from '../../core/program.ts';
import { type RecordedRun, readRun } from '../../journal/run-record.ts';
import { GO_ON } from '../find-resumable.ts';
import type { ChosenRun } from '../reading/chosen-run.ts';
import type { SteerOrder } from './steer-words.ts';

/** Whether its process lives, so that the next broker will know it soon. */
export async function mayBeTakenUp({ folder }: ChosenRun, program: Pick<Program, 'kill'>): Promise<boolean> {
  const run = await readRun(folder);
  const pid = run?.attempts.at(-1)?.pid;
  if (run === undefined || run.state === 'ended' || pid === undefined || rehearsesAlone(run)) return false;
  return isAlive(program, pid);
}

export async function whyNobody({ folder, description }: ChosenRun, order: SteerOrder): Promise<UserError> {
  const { runId } = description;
  const run = await readRun(folder);
  const goOn = goOnText(order, description);
  if (run === undefined) return new UserError(`run ${runId} was cut off before it began`);
  switch (run.state) {
    case 'ended':
      return new UserError(`run ${runId} has ended (${run.result?.status ?? 'without a result'})${goOn}`);
    case 'unfinished':
      return new UserError(`nobody works on run ${runId}: it was cut off${goOn}`);
    case 'standing':
      return new UserError(`no call is open in ${runId}, which holds the day's calls of no other run`);
    case 'running':
      break;
  }
  const pid = run.attempts.at(-1)?.pid;
  if (rehearsesAlone(run)) {
    return new UserError(
      `run ${runId} rehearses inside its own process (pid ${pid}), where nobody else can take hold of it; it ends by: kill ${pid}`,
    );
  }
  return new UserError(
    `run ${runId} is at work (pid ${pid}), and the pool knows nothing of it yet; try again`,
    EXIT.capped,
  );
}

/** It has a pool of its own: only agents that are processes take slots of the one for all. */
function rehearsesAlone({ attempts, description }: RecordedRun): boolean {
  const { rehearse, agent } = (attempts.at(-1) ?? description).options;
  return rehearse && agent !== 'print';
}

/** What the broker has forgotten since: how that call ended. `undefined`: the journal says nothing that explains it. */
export async function whyNotCall(
  { folder, description }: ChosenRun,
  order: SteerOrder,
): Promise<string | undefined> {
  const { action, call } = order;
  if (call === undefined) return undefined;
  const found = (await readRun(folder))?.calls.get(call);
  if (found?.settled === undefined) return undefined;
  const { outcome } = found.settled;
  const { runId } = description;
  const what = `call ${call} of run ${runId} has ended`;
  if (outcome.kind === 'reply') return `${what}, with a reply`;
  const why = `${what} (${outcome.reason}: ${outcome.message})`;
  if (action !== 'retry') return why;
  return `${why}, and ${HANDED_ON[description.kind]}${goOnText(order, description, ' once it has ended')}`;
}

const HANDED_ON = {
  workflow: 'its script has had null for it',
  map: 'its item has been handed on',
  new: 'no script came of it',
  worker: 'the run that asked for it has its outcome',
  exec: 'its recipe has seen its exit status',
  standing: 'its caller has seen its exit status',
} as const;

/** A run is gone on with by what began it; that asks each call again that did not end well, and no other. */
function goOnText({ action }: SteerOrder, { kind, runId }: ChosenRun['description'], when = ''): string {
  const command = GO_ON[kind];
  if (command === undefined || action === 'stop' || action === 'skip') return '';
  const input = kind === 'map' ? ' with the same input' : '';
  const what = action === 'retry' ? 'its failed calls are asked anew, and those alone, by' : 'go on with';
  return `; ${what}: ${command} ${runId}${input}${when}`;
}
