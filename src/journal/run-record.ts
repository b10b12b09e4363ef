/** A run as its folder tells it, alive, ended or cut off: what `list`, `logs` and `result` read. */
import { existsSync } from 'node:fs';
import type { Outcome } from '../core/outcome.ts';
import type { RunResult } from '../core/run.ts';
import type { AttemptRecord, JournalRecord, StartedRecord } from '../wire/records/record.ts';
import { readDescription, readResult } from './find-run.ts';
import { type Journal, readJournal } from './read-journal.ts';
import type { RunDescription, RunFolder } from './run-folder.ts';
import { isRunLocked } from './run-lock.ts';

export interface RecordedCall {
  readonly started: StartedRecord;
  /** `undefined` while it runs, or when the run was cut off. */
  readonly settled: { readonly outcome: Outcome; readonly durationMs: number } | undefined;
}

export interface RecordedRun {
  readonly description: RunDescription;
  readonly journal: Journal;
  readonly attempts: readonly AttemptRecord[];
  /** By number, in the order they started. */
  readonly calls: ReadonlyMap<number, RecordedCall>;
  /** How its last attempt ended; `undefined` while one works, or when the last was cut off. */
  readonly result: RunResult | undefined;
  /** `standing`: a day's run for calls that belong to no other; nobody begins or ends it. */
  readonly state: 'ended' | 'running' | 'unfinished' | 'standing';
}

/** `undefined`: a folder that holds no run (yet): it is being made, or its making was cut off. */
export async function readRun(folder: RunFolder): Promise<RecordedRun | undefined> {
  const description = readDescription(folder);
  if (description === undefined) return undefined;
  const told = readFiles(folder);
  // Whoever goes on with a run first records a new attempt: one that told its end to the last byte needs no asking.
  if (told.result !== undefined && told.journal.notice === undefined) {
    return { description, ...told, state: 'ended' };
  }
  if (await isRunLocked(folder.dir)) {
    // What a writer is in the middle of is no damage.
    const journal = { ...told.journal, notice: undefined };
    return { description, ...told, journal, result: undefined, state: 'running' };
  }
  // Read again: it may have ended while we asked.
  const final = readFiles(folder);
  if (description.kind === 'standing') return { description, ...final, state: 'standing' };
  return { description, ...final, state: final.result === undefined ? 'unfinished' : 'ended' };
}

function readFiles(folder: RunFolder) {
  const journal: Journal = existsSync(folder.journalFile)
    ? readJournal(folder.journalFile)
    : { records: [], notice: undefined, soundBytes: 0 };
  const { attempts, calls, endedAttempt } = foldRecords(journal.records);
  const result = endedAttempt === undefined ? undefined : readResult(folder);
  return { journal, attempts, calls, result: isOf(result, endedAttempt) ? result : undefined };
}

/** The end is in the journal before `result.json` is written: a crash in between leaves the result of an older attempt. */
export function isOf(result: RunResult | undefined, attempt: number | undefined): boolean {
  // Results of the first versions did not tell.
  const told: RunResult['attempts'] | undefined = result?.attempts;
  return told === undefined || told.at(-1)?.attempt === attempt;
}

export function foldRecords(records: readonly JournalRecord[]) {
  const attempts: AttemptRecord[] = [];
  const calls = new Map<number, RecordedCall>();
  /** Of the last attempt; `undefined` when it told no end. */
  let endedAttempt: number | undefined;
  for (const record of records) {
    switch (record.type) {
      case 'attempt':
        attempts.push(record);
        endedAttempt = undefined;
        break;
      case 'started':
        calls.set(record.call, { started: record, settled: undefined });
        break;
      case 'outcome': {
        const call = calls.get(record.call);
        if (call) calls.set(record.call, { ...call, settled: record });
        break;
      }
      case 'end':
        endedAttempt = record.attempt;
        break;
    }
  }
  return { attempts, calls, endedAttempt };
}
