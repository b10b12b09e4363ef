/** What a person is told who took hold of a run: what happens now, and what to do next. */
import type { Steering } from '../../core/run.ts';
import type { RunDescription, RunKind } from '../../journal/run-folder.ts';
import { heldText } from '../../report/call-words.ts';
import { countText } from '../../report/text/figures.ts';
import type { SteerEffect } from '../../wire/pool/run-order.ts';

export interface SteerOrder {
  readonly action: Steering;
  /** Of `skip` and `retry`. */
  readonly call: number | undefined;
}

export function effectText(
  { action, call }: SteerOrder,
  { runId, kind }: Pick<RunDescription, 'runId' | 'kind'>,
  effect: SteerEffect,
): string {
  switch (action) {
    case 'stop':
      return stopText(runId, effect);
    case 'pause':
      return pauseText(runId, effect);
    case 'continue':
      return continueText(runId, effect);
    case 'skip':
      return `call ${call} of run ${runId} is skipped: ${skippedFor(kind)}`;
    case 'retry':
      return `call ${call} of run ${runId} is asked anew, once its agent has ended; an answer that is there first counts`;
  }
}

function stopText(runId: string, { changed, running, waiting }: SteerEffect): string {
  if (!changed) return `run ${runId} is being stopped already`;
  return `run ${runId} is being stopped: ${countText(running, 'agent')} to end, ${countText(waiting, 'waiting call')} dropped`;
}

function pauseText(runId: string, { changed, running, waiting }: SteerEffect): string {
  const how = changed ? 'paused' : 'paused already';
  const now = `${countText(running, 'agent')} to finish, ${countText(waiting, 'call')} to wait`;
  return `run ${runId} is ${how}: ${now}; go on with: andwait continue ${runId}`;
}

function continueText(runId: string, { changed, running, waiting, held }: SteerEffect): string {
  const what = changed ? `run ${runId} is no longer paused` : `run ${runId} was not paused`;
  if (held !== null) return `${what}, and is held ${heldText(held)}`;
  return `${what}: ${countText(running, 'agent')} at work, ${countText(waiting, 'call')} waiting for a place`;
}

function skippedFor(kind: RunKind): string {
  switch (kind) {
    case 'exec':
    case 'standing':
      return 'its caller sees the exit status of a program that was told to end (143)';
    case 'map':
      return 'its item has no answer';
    case 'new':
      return 'no script is written';
    case 'worker':
      return 'the run that asked for it, on another host, has it as skipped';
    case 'workflow':
      return 'its script gets null';
  }
}
