/** What a run has on record as done. Labels say which call: numbers begin anew with each attempt. */
import type { JournalRecord } from '../../../src/wire/records/record.ts';

/** Labels of the calls that came to a reply, each as often as one is on record. */
export function settledLabels(records: readonly JournalRecord[]): string[] {
  const labels = new Map<number, string>();
  const settled: string[] = [];
  for (const record of records) {
    if (record.type === 'started') labels.set(record.call, record.label);
    if (record.type === 'outcome' && record.outcome.kind === 'reply') {
      settled.push(labels.get(record.call) ?? '');
    }
  }
  return settled;
}
