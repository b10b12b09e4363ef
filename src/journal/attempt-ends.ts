/** The chain of attempts at a run, as its journal tells it. */
import type { AttemptEnd } from '../core/run.ts';
import type { JournalRecord } from '../wire/records/record.ts';

/** An attempt that never wrote its end was cut off, or still works. */
export function attemptEnds(records: readonly JournalRecord[]): AttemptEnd[] {
  const ends = new Map<number, AttemptEnd>();
  for (const record of records) {
    if (record.type === 'attempt') {
      ends.set(record.attempt, { attempt: record.attempt, startedAt: record.at, status: null });
    }
    const begun = record.type === 'end' ? ends.get(record.attempt) : undefined;
    if (begun && record.type === 'end') ends.set(record.attempt, { ...begun, status: record.status });
  }
  return [...ends.values()];
}
