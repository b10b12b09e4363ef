/** `andwait list`: what ran and what runs, newest first. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { isFailureEnd } from '../../core/progress.ts';
import { attemptEnds } from '../../journal/attempt-ends.ts';
import { readDescription, runIds } from '../../journal/find-run.ts';
import { RunFolder } from '../../journal/run-folder.ts';
import { type RecordedRun, readRun } from '../../journal/run-record.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { type RunRow, runTable } from '../../report/run-table.ts';
import { safeText } from '../../report/text/safe-text.ts';
import { printLines } from '../print-lines.ts';
import type { ListOptions } from './reading-options.ts';
import { type RunFilter, runFilterOf } from './run-filter.ts';

export async function listCommand(options: ListOptions, program: Program): Promise<number> {
  const state = stateDir(program);
  const now = program.clock.now();
  const filter = runFilterOf(options, now);
  const ids = runIds(state);
  const { rows, unseen } = await matchingRows(ids, limitOf(options.limit ?? '20'), filter, program);
  if (options.json)
    return await printLines(
      program,
      rows.map((row) => JSON.stringify(row)),
    );
  if (rows.length === 0) {
    program.stderr.write(`andwait: ${ids.length === 0 ? 'no runs yet' : 'no such run'} in ${state}\n`);
    return 0;
  }
  const table = runTable(rows, now, columnsOf(program));
  return await printLines(program, [...table, ...moreLines(unseen, filter)]);
}

/** Newest first; `unseen`: so many older ones were not looked at. */
async function matchingRows(ids: readonly string[], limit: number, filter: RunFilter, program: Program) {
  const state = stateDir(program);
  const rows: RunRow[] = [];
  let seen = 0;
  for (const id of ids) {
    if (rows.length >= limit) break;
    seen += 1;
    try {
      const row = await matchingRow(new RunFolder(state, id), filter);
      if (row !== undefined) rows.push(row);
    } catch (error) {
      // One damaged run must not hide the others.
      if (!(error instanceof UserError)) throw error;
      program.stderr.write(`andwait: ${safeText(error.message)}\n`);
    }
  }
  return { rows, unseen: ids.length - seen };
}

/** What the description alone rules out needs no journal to be read. */
async function matchingRow(folder: RunFolder, filter: RunFilter): Promise<RunRow | undefined> {
  const description = readDescription(folder);
  if (description === undefined || !filter.admits(description)) return undefined;
  const run = await readRun(folder);
  const row = run === undefined ? undefined : rowOf(run);
  return row !== undefined && filter.shows(row) ? row : undefined;
}

function moreLines(unseen: number, { isOpen }: RunFilter): string[] {
  if (unseen === 0) return [];
  return [`… and ${unseen} older ones${isOpen ? '' : ', not looked at'} (--limit 0 shows all)`];
}

export function rowOf({ description, journal, calls, result, state }: RecordedRun): RunRow {
  const settled = [...calls.values()].flatMap((call) => call.settled ?? []);
  const prices = settled.flatMap(({ outcome }) => outcome.costUsd ?? []);
  return {
    runId: description.runId,
    name: description.name,
    status: state === 'ended' ? (result?.status ?? 'unfinished') : state,
    startedAt: description.startedAt,
    attempts: attemptEnds(journal.records),
    calls: {
      settled: settled.length,
      failed: settled.filter(({ outcome }) => outcome.kind === 'failure' && isFailureEnd(outcome.reason))
        .length,
    },
    costUsd: settled.length > 0 && prices.length === 0 ? null : prices.reduce((sum, price) => sum + price, 0),
  };
}

function limitOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new UserError(`--limit ${JSON.stringify(text)}: expected a whole number`);
  return Number(text) || Number.POSITIVE_INFINITY;
}

/** Cut to the terminal; whole where the output is no terminal. One that nobody has told its size says 0. */
export function columnsOf({ stdout }: Program): number {
  return stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY;
}
