/** Becomes the one writer of a run's journal: its lock, what it holds so far, and the end that a crash tore off cut away. */
import { existsSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { VERSION } from '../core/program.ts';
import { JOURNAL_FORMAT, type JournalRecord } from '../wire/records/record.ts';
import { syncDir } from './atomic-file.ts';
import { JournalWriter } from './journal-writer.ts';
import { readJournal } from './read-journal.ts';
import { takeRunLock } from './run-lock.ts';

const JOURNAL = 'journal.ndjson';

export interface OwnJournal {
  readonly writer: JournalWriter;
  readonly records: readonly JournalRecord[];
  /** What reading it had to leave out, in words. */
  readonly notice: string | undefined;
  /** Writes what is left and gives the run free. Rejects with `JournalBroken` if anything was not written. */
  close(): Promise<void>;
}

/** `undefined`: another process works on the run. Rejects with a `UserError` when the journal is damaged. */
export async function openOwnJournal(
  dir: string,
  runId: string,
  now: number,
): Promise<OwnJournal | undefined> {
  const lock = await takeRunLock(dir);
  if (lock === undefined) return undefined;
  try {
    const file = path.join(dir, JOURNAL);
    const found = existsSync(file) ? readJournal(file) : { records: [], notice: undefined, soundBytes: 0 };
    const { records, notice, soundBytes } = found;
    // Before anything is appended: half a line in the middle would be damage.
    if (notice !== undefined) truncateSync(file, soundBytes);
    const writer = await JournalWriter.open(file);
    if (records.length === 0) {
      writer.append({ type: 'header', format: JOURNAL_FORMAT, runId, version: VERSION, at: now });
    }
    // Its name too, or a synced outcome could stand in a file that nobody finds after a power loss.
    await syncDir(dir);
    return { writer, records, notice, close: () => closeBoth(writer, lock) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function closeBoth(writer: JournalWriter, lock: { release(): Promise<void> }): Promise<void> {
  try {
    await writer.close();
  } finally {
    await lock.release();
  }
}
