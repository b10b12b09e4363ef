/** The command that goes on with a run, each kind by what began it. */
import type { CallCounts, RunResult } from '../core/run.ts';
import type { RecordedRun } from '../journal/run-record.ts';
import { GO_ON } from './find-resumable.ts';

type KnownRun = Pick<RecordedRun['description'], 'kind' | 'runId'>;

/** With the caps it ran into, it would stop where it stopped: the flags that raise those, a space before each. */
export function raisedCaps({ raises }: CallCounts): string {
  return Object.values(raises)
    .map((raise) => (raise === '' ? '' : ` ${raise}`))
    .join('');
}

/** Nothing has to be mended first. */
export function canGoOn({ status }: RunResult): boolean {
  return status === 'capped' || status === 'paused';
}

/** Before it had asked any agent: it refused its args, or is wrong itself. Gone on with, it would do so again. */
function failedAtOnce({ status, calls, attempts }: RunResult): boolean {
  return status === 'failed' && calls.total === 0 && attempts.length < 2;
}

/** `undefined`: there is nothing to go on with. `result` is that of the last attempt; without one it was cut off. */
export function nextCommandOf({ kind, runId }: KnownRun, result: RunResult | undefined): string | undefined {
  const command = GO_ON[kind];
  if (command === undefined) return undefined;
  if (result?.status === 'completed' && result.calls.failed + result.calls.refused === 0) return undefined;
  if (kind === 'workflow' && result !== undefined && failedAtOnce(result)) return undefined;
  return `${command} ${runId}${result === undefined ? '' : raisedCaps(result.calls)}`;
}

/** The same, as a line for a person. */
export function nextStepOf(run: KnownRun, result: RunResult | undefined): string | undefined {
  const command = nextCommandOf(run, result);
  if (command === undefined) return undefined;
  return run.kind === 'map' ? `go on with the same input: ${command}` : `go on with: ${command}`;
}
