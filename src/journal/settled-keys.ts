/** Which calls of a run have come to an outcome, in whichever attempt: nobody needs another copy of it any more. */
import { readJournal } from './read-journal.ts';

/** Throws where the journal cannot be read. */
export function settledKeys(journalFile: string): readonly string[] {
  const { records } = readJournal(journalFile);
  return records.flatMap((record) => (record.type === 'outcome' ? [record.key] : []));
}
