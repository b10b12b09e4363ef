/** A run somebody works on: its folder, its lock, and the one writer of its journal. */
import { existsSync, truncateSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import { VERSION } from '../core/program.ts';
import { JOURNAL_FORMAT, type JournalRecord } from '../wire/records/record.ts';
import { syncDir, writeFileAtomic } from './atomic-file.ts';
import { JournalWriter } from './journal-writer.ts';
import { type Journal, readJournal } from './read-journal.ts';
import { createRunFolder, type RunDescription, type RunFolder } from './run-folder.ts';
import { type RunLock, takeRunLock } from './run-lock.ts';

export interface OpenRun extends AsyncDisposable {
  readonly folder: RunFolder;
  readonly journal: JournalWriter;
  /** What earlier attempts recorded; empty for a new run. */
  readonly records: readonly JournalRecord[];
  /** Name of this attempt's script in the folder. */
  readonly scriptFile: string;
  readonly notice: string | undefined;
}

export interface Opener {
  readonly uid: number;
  readonly now: number;
}

export async function openNewRun(
  stateDir: string,
  description: RunDescription,
  script: string | undefined,
  { uid, now }: Opener,
): Promise<OpenRun> {
  const folder = await createRunFolder(stateDir, uid, description, script);
  const lock = await lockOf(folder, description.runId);
  try {
    const journal = await openJournal(folder);
    journal.append(header(description.runId, now));
    return opened(
      { folder, journal, records: [], scriptFile: firstScript(folder, script), notice: undefined },
      lock,
    );
  } catch (error) {
    await lock.release();
    throw error;
  }
}

export function firstScript(folder: RunFolder, script: string | undefined): string {
  return script === undefined ? NO_SCRIPT : path.basename(folder.scriptAsRun(1));
}

/** Goes on with a run nobody works on. A changed script is stored beside the old ones. */
export async function reopenRun(
  folder: RunFolder,
  runId: string,
  script: string | undefined,
  { now }: Opener,
): Promise<OpenRun> {
  const lock = await lockOf(folder, runId);
  try {
    const { records, notice, soundBytes } = existingJournal(folder);
    // What a crash tore off goes before anything is appended: half a line in the middle would be damage.
    if (notice !== undefined) truncateSync(folder.journalFile, soundBytes);
    const attempts = records.flatMap((record) => (record.type === 'attempt' ? [record] : []));
    const earlier = { last: attempts.at(-1)?.script, attempts: attempts.length };
    const scriptFile = await storeScript(folder, earlier, script);
    const journal = await openJournal(folder);
    // A run that was cut off between its folder and its first line.
    if (records.length === 0) journal.append(header(runId, now));
    return opened({ folder, journal, records, scriptFile, notice }, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function header(runId: string, at: number): JournalRecord {
  return { type: 'header', format: JOURNAL_FORMAT, runId, version: VERSION, at };
}

/** Its name on the disk too, or a synced outcome could stand in a file that nobody finds after a power loss. */
async function openJournal(folder: RunFolder): Promise<JournalWriter> {
  const journal = await JournalWriter.open(folder.journalFile);
  await syncDir(folder.dir);
  return journal;
}

function existingJournal(folder: RunFolder): Journal {
  if (existsSync(folder.journalFile)) return readJournal(folder.journalFile);
  return { records: [], notice: undefined, soundBytes: 0 };
}

async function lockOf(folder: RunFolder, runId: string): Promise<RunLock> {
  const lock = await takeRunLock(folder.dir);
  if (lock) return lock;
  throw new UserError(`run ${runId} is still at work; wait for it, or stop it, before it is resumed`);
}

function opened(run: Omit<OpenRun, typeof Symbol.asyncDispose>, lock: RunLock): OpenRun {
  return {
    ...run,
    [Symbol.asyncDispose]: async () => {
      try {
        await run.journal.close();
      } finally {
        await lock.release();
      }
    },
  };
}

/** Stands for the script's name where what makes the calls is none. */
export const NO_SCRIPT = '';

export interface EarlierScripts {
  /** Name of the last attempt's script in the folder. */
  readonly last: string | undefined;
  readonly attempts: number;
}

/** Name of this attempt's script in the folder: the copy of the last attempt, if it ran the same; else a new one. The copy that a person edits follows `--script`. */
export async function storeScript(
  folder: RunFolder,
  { last, attempts }: EarlierScripts,
  script: string | undefined,
): Promise<string> {
  if (script === undefined) return NO_SCRIPT;
  if ((await textIn(folder.scriptFile)) !== script) await writeFileAtomic(folder.scriptFile, script);
  if (last !== undefined && (await textIn(path.join(folder.dir, last))) === script) return last;
  const asRun = folder.scriptAsRun(attempts + 1);
  await writeFileAtomic(asRun, script);
  return path.basename(asRun);
}

async function textIn(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}
