/** Records as they are appended to a run's journal, by a writer that knows nothing of us. */
import type { JournalRecord } from '../../wire/records/record.ts';
import { journalRecord, refuseOtherFormats } from '../read-journal.ts';
import { LineTail } from './line-tail.ts';

export class JournalTail {
  readonly #file: string;
  readonly #tail: LineTail;
  #lines = 0;

  constructor(file: string) {
    this.#file = file;
    this.#tail = new LineTail(file);
  }

  /** Those since the last time. Throws a `UserError` when the journal is damaged, or of a newer format. */
  read(): JournalRecord[] {
    const records: JournalRecord[] = [];
    this.#tail.read((line) => {
      this.#lines += 1;
      const record = journalRecord(line.toString('utf8'), this.#lines, this.#file);
      if (this.#lines === 1) refuseOtherFormats(record, this.#file);
      if (record !== undefined) records.push(record);
    });
    return records;
  }
}
