/** What came of a recipe's calls, folded from the journal: they were made by processes that we never saw. */
import { tallyAfter } from '../../core/progress.ts';
import { EMPTY_TALLY, type RunStatus, type Tally } from '../../core/run.ts';
import { RecordedEvents } from '../../journal/follow/recorded-events.ts';
import { RunFindings } from '../../report/run-findings.ts';
import type { JournalRecord } from '../../wire/record.ts';
import type { RecipeEnd } from './exec-process.ts';

export interface CallsOfAttempt {
  readonly tally: Tally;
  readonly findings: RunFindings;
  /** Tell neither tokens nor cost. */
  readonly unmetered: number;
  /** Started and not settled: left in the background. */
  readonly open: number;
}

export function callsOf(records: readonly JournalRecord[], attempt: number): CallsOfAttempt {
  const findings = new RunFindings();
  const recorded = new RecordedEvents({ runId: '', name: '', description: '' });
  const open = new Set<number>();
  let tally = EMPTY_TALLY;
  let unmetered = 0;
  let isOurs = false;
  for (const record of records) {
    const events = recorded.of(record);
    if (record.type === 'attempt') isOurs = record.attempt === attempt;
    if (!isOurs) continue;
    if (record.type === 'outcome' && record.outcome.unmetered) unmetered += 1;
    for (const event of events) {
      tally = tallyAfter(tally, event);
      if (event.type === 'call_started') open.add(event.call);
      if (event.type === 'call_refused') findings.addRefusal(event);
      if (event.type !== 'call_settled') continue;
      open.delete(event.call);
      findings.addSettled(event);
    }
  }
  return { tally, findings, unmetered, open: open.size };
}

/** A recipe says by its exit status how it went, as far as it knows. */
export function statusOf(end: RecipeEnd, wasStopped: boolean): RunStatus {
  if (wasStopped) return 'stopped';
  return end.kind === 'exited' && end.code === 0 ? 'completed' : 'failed';
}
