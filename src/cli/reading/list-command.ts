/** `andwait list`: what ran and what runs, newest first. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { attemptEnds } from '../../journal/attempt-ends.ts';
import { findRun, runIds } from '../../journal/find-run.ts';
import { type RecordedRun, readRun } from '../../journal/run-record.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { type RunRow, runTable } from '../../report/run-table.ts';
import { safeText } from '../../report/safe-text.ts';
import { printLines } from '../print-lines.ts';
import type { ListOptions } from './reading-options.ts';

export async function listCommand(options: ListOptions, program: Program): Promise<number> {
  const state = stateDir(program);
  const ids = runIds(state);
  const shown = ids.slice(0, limitOf(options.limit));
  const rows: RunRow[] = [];
  for (const id of shown) {
    try {
      const run = await readRun(findRun(state, id));
      if (run) rows.push(rowOf(run));
    } catch (error) {
      // One damaged run must not hide the others.
      if (!(error instanceof UserError)) throw error;
      program.stderr.write(`andwait: ${safeText(error.message)}\n`);
    }
  }
  if (options.json)
    return await printLines(
      program,
      rows.map((row) => JSON.stringify(row)),
    );
  if (rows.length === 0) {
    program.stderr.write(`andwait: no runs yet in ${state}\n`);
    return 0;
  }
  const table = runTable(rows, program.clock.now(), columnsOf(program));
  const more =
    ids.length > shown.length ? [`… and ${ids.length - shown.length} older ones (--limit 0 shows all)`] : [];
  return await printLines(program, [...table, ...more]);
}

function rowOf({ description, journal, calls, result, state }: RecordedRun): RunRow {
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
      failed: settled.filter(({ outcome }) => outcome.kind === 'failure' && outcome.reason !== 'stopped')
        .length,
    },
    costUsd: settled.length > 0 && prices.length === 0 ? null : prices.reduce((sum, price) => sum + price, 0),
  };
}

function limitOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new UserError(`--limit ${JSON.stringify(text)}: expected a whole number`);
  return Number(text) || Number.POSITIVE_INFINITY;
}

/** Cut to the terminal; whole where the output is no terminal. */
export function columnsOf({ stdout }: Program): number {
  return stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
}
