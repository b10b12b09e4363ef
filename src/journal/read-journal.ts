/** Reads a journal: a torn last line is what a crash leaves and is dropped with a notice; damage anywhere else is refused. */
import { lstatSync, readFileSync } from 'node:fs';
import { UserError } from '../core/exit.ts';
import { JOURNAL_FORMAT, type JournalRecord } from '../wire/records/record.ts';
import { decodeRecord } from '../wire/records/record-schema.ts';

export interface Journal {
  readonly records: readonly JournalRecord[];
  /** For the user, when the tail was torn. */
  readonly notice: string | undefined;
  /** Length of the whole lines, in bytes: where the next writer goes on. */
  readonly soundBytes: number;
}

export function readJournal(file: string): Journal {
  requireRegular(file);
  const bytes = readFileSync(file);
  const soundBytes = bytes.lastIndexOf(10) + 1;
  const lines = bytes.subarray(0, soundBytes).toString('utf8').split('\n');
  lines.pop();
  const records = lines.flatMap((line, index) => journalRecord(line, index + 1, file) ?? []);
  refuseOtherFormats(records[0], file);
  return { records, soundBytes, notice: noticeOf(bytes.length - soundBytes, file) };
}

/** Reading a pipe would wait for somebody to write to it, and a broker that waits serves nobody. */
function requireRegular(file: string): void {
  if (!lstatSync(file).isFile()) {
    throw new UserError(`the journal ${file} is no regular file; restore the file, or start the run afresh`);
  }
}

/** `undefined`: a record of a newer version. Throws a `UserError` that names the line when it is damaged. */
export function journalRecord(line: string, number: number, file: string): JournalRecord | undefined {
  const decoded = decodeRecord(line);
  switch (decoded.kind) {
    case 'record':
      return decoded.record;
    case 'unknown':
      return undefined;
    case 'damaged':
      throw new UserError(
        `the journal ${file} is damaged at line ${number} (${decoded.problem}): ${JSON.stringify(line.slice(0, 80))}; restore the file, or start the run afresh`,
      );
  }
}

export function refuseOtherFormats(first: JournalRecord | undefined, file: string): void {
  if (first === undefined) return;
  if (first.type !== 'header') {
    throw new UserError(
      `the journal ${file} does not begin with a header but with a \`${first.type}\` record`,
    );
  }
  if (first.format > JOURNAL_FORMAT) {
    throw new UserError(
      `the journal ${file} has format ${first.format}, this version reads up to ${JOURNAL_FORMAT}; update andwait`,
    );
  }
}

function noticeOf(tornBytes: number, file: string): string | undefined {
  if (tornBytes === 0) return undefined;
  return `the last line of ${file} was cut off by a crash (${tornBytes} bytes) and is left out`;
}
