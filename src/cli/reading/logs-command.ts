/** `andwait logs RUN [CALL]`: the calls of a run and what its script said, or one agent's work in words. */
import { createReadStream } from 'node:fs';
import { EXIT, UserError } from '../../core/exit.ts';
import { NO_USAGE } from '../../core/outcome.ts';
import type { Program } from '../../core/program.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import { type RecordedCall, type RecordedRun, readRun } from '../../journal/run-record.ts';
import { transcriptItems } from '../../journal/transcript-items.ts';
import { queueOnRecord } from '../../launch/queue-chosen.ts';
import type { QueueUrl } from '../../queue/queue-url.ts';
import { type CallRow, callTable } from '../../report/run-table.ts';
import { safeLines, safeText } from '../../report/text/safe-text.ts';
import { TranscriptWords } from '../../report/transcript/transcript-words.ts';
import { LineSplitter } from '../../wire/lines/line-splitter.ts';
import { countOf } from '../command-line/option-values.ts';
import { printLines } from '../print-lines.ts';
import { isStream, recordOf } from './call-log.ts';
import { chosenRun } from './chosen-run.ts';
import { failureLines, followLogs } from './follow-logs.ts';
import { columnsOf } from './list-command.ts';
import type { LogsOptions } from './reading-options.ts';
import type { WantedTranscript } from './whole-transcript.ts';

export async function logsCommand(options: LogsOptions, program: Program): Promise<number> {
  const { last, json, follow } = options;
  // `logs --last 3` is about a call of the last run.
  const [runWord, call] = last ? [undefined, options.run] : [options.run, options.call];
  if (last && options.call !== undefined) {
    throw new UserError(`logs: --last stands for the run; received ${JSON.stringify(options.run)} as well`);
  }
  const chosen = chosenRun({ run: runWord, last }, program, 'logs');
  if (follow) return await followLogs(chosen, { call: callNumber(call), asJson: json }, program);
  const { folder } = chosen;
  const run = await readRun(folder);
  if (run === undefined) throw new UserError(`the run in ${folder.dir} was cut off before it began`);
  if (run.journal.notice !== undefined) program.stderr.write(`andwait: ${run.journal.notice}\n`);
  if (call !== undefined) return await callLogs(call, run, folder, options, program);
  if (json)
    return await printLines(
      program,
      run.journal.records.map((record) => JSON.stringify(record)),
    );
  return await printLines(program, [...callTable(rowsOf(run), columnsOf(program)), ...logLines(run)]);
}

function callNumber(text: string | undefined): number | undefined {
  return countOf('CALL', text);
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
    host: outcome?.host,
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
  { json, queue: flag }: LogsOptions,
  program: Program,
): Promise<number> {
  const id = Number(wanted);
  const file = recordOf(folder, id);
  if (run.calls.size === 0) throw new UserError(`run ${run.description.runId} has no call yet`);
  if (!run.calls.has(id)) {
    throw new UserError(
      `run ${run.description.runId} has no call ${JSON.stringify(wanted)}; its calls are 1 to ${Math.max(...run.calls.keys())}`,
    );
  }
  if (file === undefined) {
    throw new UserError(`nothing that call ${id} said was recorded (${folder.transcriptFile(id)})`);
  }
  const outcome = run.calls.get(id)?.settled?.outcome;
  const show = (shown: string): Promise<number> =>
    printLines(program, json ? rawLines(shown) : inWords(shown));
  const isOver = outcome !== undefined || run.state !== 'running';
  const recorded = run.attempts.findLast(({ options }) => options.queue !== undefined)?.options.queue;
  const code =
    recorded === undefined
      ? await show(file)
      : await shownWhole(
          { file, call: id, isOver },
          queueOnRecord(flag, recorded, program.env),
          program,
          show,
        );
  if (json || code !== EXIT.done || outcome === undefined) return code;
  return await printLines(program, failureLines(id, outcome));
}

async function shownWhole(
  wanted: Omit<WantedTranscript, 'open'>,
  queue: QueueUrl | undefined,
  program: Program,
  show: (file: string) => Promise<number>,
): Promise<number> {
  const { withWhole } = await import('./whole-transcript.ts');
  const { openQueue } = await import('../../launch/open-queue.ts');
  const open = queue === undefined ? undefined : () => openQueue(queue, program);
  return await withWhole({ ...wanted, open }, program, show);
}

async function* inWords(file: string): AsyncGenerator<string> {
  yield* isStream(file) ? wordsOf(file) : textOf(file);
}

/** Blank lines too: they are its paragraphs. */
async function* textOf(file: string): AsyncGenerator<string> {
  let lines: string[] = [];
  const splitter = new LineSplitter({
    line: (bytes) => void lines.push(safeText(bytes.toString('utf8'))),
    tooLong: (bytes) => void lines.push(`… a line of ${bytes} bytes`),
  });
  for await (const chunk of createReadStream(file)) {
    splitter.push(chunk as Buffer);
    yield* lines;
    lines = [];
  }
  splitter.end();
  yield* lines;
}

async function* wordsOf(file: string): AsyncGenerator<string> {
  const words = new TranscriptWords();
  for await (const { item } of transcriptItems(file)) yield* words.lines(item);
}

async function* rawLines(file: string): AsyncGenerator<string> {
  for await (const { line } of transcriptItems(file)) if (line !== undefined) yield line.toString('utf8');
}
