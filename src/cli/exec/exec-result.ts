/** What came of a recipe's calls, folded from the journal: they were made by processes that we never saw. */
import { EXIT } from '../../core/exit.ts';
import { tallyAfter } from '../../core/progress.ts';
import { EMPTY_TALLY, type RunResult, type RunStatus, type Tally } from '../../core/run.ts';
import { RecordedEvents } from '../../journal/follow/recorded-events.ts';
import { RunFindings } from '../../report/progress/run-findings.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { type FailOn, isFailure } from '../fail-on.ts';
import type { RecipeEnd } from './exec-process.ts';

export interface CallsOfAttempt {
  readonly tally: Tally;
  readonly findings: RunFindings;
  /** Started and not settled: left in the background. */
  readonly open: number;
}

export function callsOf(records: readonly JournalRecord[], attempt: number): CallsOfAttempt {
  const findings = new RunFindings();
  const recorded = new RecordedEvents({ runId: '', name: '', description: '' });
  const open = new Set<number>();
  let tally = EMPTY_TALLY;
  let isOurs = false;
  for (const record of records) {
    const events = recorded.of(record);
    if (record.type === 'attempt') isOurs = record.attempt === attempt;
    if (!isOurs) continue;
    for (const event of events) {
      tally = tallyAfter(tally, event);
      if (event.type === 'call_started') open.add(event.call);
      if (event.type === 'call_refused') findings.addRefusal(event);
      if (event.type !== 'call_settled') continue;
      open.delete(event.call);
      findings.addSettled(event);
    }
  }
  return { tally, findings, open: open.size };
}

/** A recipe says by its exit status how it went, as far as it knows: of calls that a cap refused it may know nothing. */
export function statusOf(end: RecipeEnd, wasStopped: boolean, refused: number): RunStatus {
  if (wasStopped) return 'stopped';
  if (refused > 0) return 'capped';
  return end.kind === 'exited' && end.code === 0 ? 'completed' : 'failed';
}

/** What the shell is told instead of the recipe's own end: that may know nothing of its calls. */
export function codeInPlace(
  end: RecipeEnd,
  { status, calls }: RunResult,
  failOn: FailOn | undefined,
): number | undefined {
  if (status === 'paused') return EXIT.capped;
  if (status === 'stopped' || end.kind !== 'exited' || end.code !== EXIT.done) return undefined;
  if (isFailure(failOn, calls)) return EXIT.callsFailed;
  return status === 'capped' ? EXIT.capped : undefined;
}
