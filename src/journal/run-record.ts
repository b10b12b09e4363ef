/** A run as its folder tells it, alive, ended or cut off: what `list`, `logs` and `result` read. */
import { existsSync } from 'node:fs';
import type { Outcome } from '../core/outcome.ts';
import type { RunResult } from '../core/run.ts';
import type { AttemptRecord, JournalRecord, StartedRecord } from '../wire/record.ts';
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
  readonly state: 'ended' | 'running' | 'unfinished';
}

/** `undefined`: a folder that holds no run (yet): it is being made, or its making was cut off. */
export async function readRun(folder: RunFolder): Promise<RecordedRun | undefined> {
  const description = readDescription(folder);
  if (description === undefined) return undefined;
  const running = await isRunLocked(folder.dir);
  const journal = existsSync(folder.journalFile)
    ? readJournal(folder.journalFile)
    : { records: [], notice: undefined, soundBytes: 0 };
  const { attempts, calls, ended } = foldRecords(journal.records);
  // An older attempt's result is no result of a run that went on and was cut off.
  const result = ended ? readResult(folder) : undefined;
  return {
    description,
    // What a writer is in the middle of is no damage.
    journal: running ? { ...journal, notice: undefined } : journal,
    attempts,
    calls,
    result: running ? undefined : result,
    state: running ? 'running' : result === undefined ? 'unfinished' : 'ended',
  };
}

export function foldRecords(records: readonly JournalRecord[]) {
  const attempts: AttemptRecord[] = [];
  const calls = new Map<number, RecordedCall>();
  let ended = false;
  for (const record of records) {
    switch (record.type) {
      case 'attempt':
        attempts.push(record);
        ended = false;
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
        ended = true;
        break;
    }
  }
  return { attempts, calls, ended };
}
