/** What came of a recipe's calls, folded from the journal: they were made by processes that we never saw. */
import type { RunEvent } from '../../core/progress.ts';
import {
  CAPS,
  EMPTY_TALLY,
  type RunStatus,
  type Tally,
  tallyRefusal,
  tallySettled,
  tallyStarted,
} from '../../core/run.ts';
import { RunFindings } from '../../report/run-findings.ts';
import type { JournalRecord, OutcomeRecord, ReplayedRecord, StartedRecord } from '../../wire/record.ts';
import type { RecipeEnd } from './exec-process.ts';

export interface CallsOfAttempt {
  readonly tally: Tally;
  readonly findings: RunFindings;
  /** Tell neither tokens nor cost. */
  readonly unmetered: number;
  /** Started and not settled: left in the background. */
  readonly open: number;
}

type SettledEvent = Extract<RunEvent, { type: 'call_settled' }>;

export function callsOf(records: readonly JournalRecord[], attempt: number): CallsOfAttempt {
  const findings = new RunFindings();
  const started = new Map<number, StartedRecord>();
  const outcomes = new Map<number, OutcomeRecord>();
  const open = new Set<number>();
  let tally = EMPTY_TALLY;
  let unmetered = 0;
  let isOurs = false;
  const settle = (event: SettledEvent): void => {
    tally = tallySettled(tally, { ...event, denials: event.denials });
    findings.addSettled(event);
  };
  for (const record of records) {
    switch (record.type) {
      case 'attempt':
        isOurs = record.attempt === attempt;
        break;
      case 'started':
        started.set(record.call, record);
        if (record.attempt !== attempt) break;
        open.add(record.call);
        tally = tallyStarted(tally);
        break;
      case 'outcome':
        outcomes.set(record.call, record);
        if (record.attempt !== attempt) break;
        open.delete(record.call);
        if (record.outcome.unmetered) unmetered += 1;
        settle(settledEvent(record, labelOf(started, record), false));
        break;
      case 'replayed': {
        const outcome = outcomes.get(record.call);
        if (record.attempt !== attempt || outcome === undefined) break;
        tally = tallyStarted(tally);
        settle({ ...settledEvent(outcome, labelOf(started, record), true), call: record.call });
        break;
      }
      case 'refused': {
        // The journal names each cap's first refusal only.
        if (!isOurs) break;
        tally = tallyRefusal(tally);
        const message = `${record.label} was the first`;
        const cap = CAPS.find((known) => known === record.cap) ?? 'agents';
        findings.addRefusal({
          type: 'call_refused',
          call: undefined,
          label: record.label,
          cap,
          message,
          at: record.at,
        });
        break;
      }
    }
  }
  return { tally, findings, unmetered, open: open.size };
}

function labelOf(
  started: ReadonlyMap<number, StartedRecord>,
  { call }: OutcomeRecord | ReplayedRecord,
): string {
  return started.get(call)?.label ?? '';
}

function settledEvent(
  { call, outcome, durationMs, at }: OutcomeRecord,
  label: string,
  replayed: boolean,
): SettledEvent {
  const isReply = outcome.kind === 'reply';
  return {
    type: 'call_settled',
    call,
    label,
    end: isReply ? 'reply' : outcome.reason,
    summary: isReply ? outcome.text.slice(0, 200) : outcome.message,
    replayed,
    usage: outcome.usage,
    costUsd: outcome.costUsd,
    denials: outcome.denials.map(({ toolName }) => toolName),
    worktree: outcome.worktree,
    durationMs,
    at,
  };
}

/** A recipe says by its exit status how it went, as far as it knows. */
export function statusOf(end: RecipeEnd, wasStopped: boolean): RunStatus {
  if (wasStopped) return 'stopped';
  return end.kind === 'exited' && end.code === 0 ? 'completed' : 'failed';
}
