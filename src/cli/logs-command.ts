/** `andwait logs RUN [CALL]`: the calls of a run and what its script said, or one agent's work in words. */
import { createReadStream, existsSync } from 'node:fs';
import { EXIT, UserError } from '../core/exit.ts';
import { NO_USAGE } from '../core/outcome.ts';
import type { Program } from '../core/program.ts';
import { findRun } from '../journal/find-run.ts';
import type { RunFolder } from '../journal/run-folder.ts';
import { type RecordedCall, type RecordedRun, readRun } from '../journal/run-record.ts';
import { stateDir } from '../journal/state-dir.ts';
import { type CallRow, callTable } from '../report/run-table.ts';
import { safeLines } from '../report/safe-text.ts';
import { TranscriptWords } from '../report/transcript-words.ts';
import type { StreamItem } from '../wire/event.ts';
import { StreamItemReader } from '../wire/stream-item.ts';
import { columnsOf } from './list-command.ts';
import { printLines } from './print-lines.ts';
import type { LogsOptions } from './reading-options.ts';

export async function logsCommand(options: LogsOptions, program: Program): Promise<number> {
  const folder = findRun(stateDir(program), options.run);
  const run = await readRun(folder);
  if (run === undefined) throw new UserError(`the run ${options.run} was cut off before it began`);
  if (run.journal.notice !== undefined) program.stderr.write(`andwait: ${run.journal.notice}\n`);
  if (options.call !== undefined) return await callLogs(options.call, run, folder, options, program);
  if (options.json)
    return await printLines(
      program,
      run.journal.records.map((record) => JSON.stringify(record)),
    );
  return await printLines(program, [...callTable(rowsOf(run), columnsOf(program)), ...logLines(run)]);
}

function rowsOf(run: RecordedRun): CallRow[] {
  return [...run.calls].map(([id, call]) => rowOf(id, call, run.state === 'running'));
}

function rowOf(id: number, { started, settled }: RecordedCall, running: boolean): CallRow {
  const { label, phase, workflow } = started;
  const outcome = settled?.outcome;
  return {
    id,
    label,
    phase,
    workflow,
    end:
      outcome === undefined
        ? running
          ? 'running'
          : 'unfinished'
        : outcome.kind === 'reply'
          ? 'reply'
          : outcome.reason,
    durationMs: settled?.durationMs,
    usage: outcome?.usage ?? NO_USAGE,
    costUsd: outcome?.costUsd,
  };
}

function logLines({ journal }: RecordedRun): string[] {
  const lines = journal.records.flatMap((record) => (record.type === 'log' ? safeLines(record.text) : []));
  return lines.length === 0 ? [] : ['', 'log', ...lines.map((line) => `  ${line}`)];
}

async function callLogs(
  wanted: string,
  run: RecordedRun,
  folder: RunFolder,
  { json }: LogsOptions,
  program: Program,
): Promise<number> {
  const id = Number(wanted);
  const file = folder.transcriptFile(id);
  if (!run.calls.has(id) || !existsSync(file)) {
    throw new UserError(
      `run ${run.description.runId} has no call ${JSON.stringify(wanted)}; its calls are 1 to ${run.calls.size}`,
    );
  }
  const transcript = json ? rawLines(file) : wordsOf(file);
  const code = await printLines(program, transcript);
  const outcome = run.calls.get(id)?.settled?.outcome;
  if (json || code !== EXIT.done || outcome?.kind !== 'failure') return code;
  return await printLines(program, safeLines(`call ${id} failed (${outcome.reason}): ${outcome.message}`));
}

async function* wordsOf(file: string): AsyncGenerator<string> {
  const words = new TranscriptWords();
  for await (const { item } of linesOf(file)) yield* words.lines(item);
}

async function* rawLines(file: string): AsyncGenerator<string> {
  for await (const { line } of linesOf(file)) if (line !== undefined) yield line.toString('utf8');
}

interface Line {
  readonly item: StreamItem;
  readonly line: Buffer | undefined;
}

/** Read as it is printed: a transcript may be larger than memory. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let found: Line[] = [];
  const reader = new StreamItemReader((item, line) => found.push({ item, line }));
  const taken = (): Line[] => {
    const lines = found;
    found = [];
    return lines;
  };
  for await (const chunk of createReadStream(file)) {
    reader.push(chunk as Buffer);
    yield* taken();
  }
  reader.end();
  yield* taken();
}
