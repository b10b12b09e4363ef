/**
 * The joblog of a map, which can be gone on with. An item stands in it once its output is written; what was stopped has
 * not ended, and stands in none.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { EXIT, UserError } from '../../core/exit.ts';
import { LineSplitter } from '../../wire/lines/line-splitter.ts';
import { hasReplied, type ItemResult, isStopped } from '../../workflow/map/ask-item.ts';
import type { MapItem } from '../../workflow/map/map-item.ts';
import { JOBLOG_HEADER, joblogLine } from '../joblog-line.ts';
import { answerText } from './map-record.ts';

export class JoblogWriter {
  readonly #descriptor: number;
  readonly #file: string;

  private constructor(descriptor: number, file: string) {
    this.#descriptor = descriptor;
    this.#file = file;
  }

  /** `goesOn`: after what is there; else anew. */
  static open(file: string, goesOn: boolean): JoblogWriter {
    try {
      const descriptor = openSync(file, goesOn ? 'a+' : 'w', 0o666);
      const log = new JoblogWriter(descriptor, file);
      const { size } = fstatSync(descriptor);
      if (size === 0) log.#write(JOBLOG_HEADER);
      else if (!endsInLineFeed(descriptor, size)) log.#write('\n');
      return log;
    } catch (error) {
      throw new UserError(`--joblog ${JSON.stringify(file)} cannot be written (${codeOf(error)})`);
    }
  }

  add(result: ItemResult): void {
    if (isStopped(result)) return;
    this.#write(lineOf(result));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    } catch (error) {
      throw new UserError(`the joblog ${this.#file} cannot be written (${codeOf(error)})`, EXIT.scriptFailed);
    }
  }
}

function endsInLineFeed(descriptor: number, size: number): boolean {
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] === 10;
}

function lineOf(result: ItemResult): string {
  const { item, prompt = '', startedAt, durationMs } = result;
  return joblogLine({
    seq: item.seq,
    startedAt,
    durationMs,
    sentBytes: Buffer.byteLength(prompt),
    receivedBytes: Buffer.byteLength(answerText(result)),
    exitValue: hasReplied(result) ? 0 : hasTimedOut(result) ? -1 : 1,
    signal: 0,
    command: prompt,
  });
}

function hasTimedOut({ end }: ItemResult): boolean {
  return end.kind === 'called' && end.outcome.kind === 'failure' && end.outcome.reason === 'timeout';
}

interface LoggedItem {
  readonly seq: number;
  readonly hasFailed: boolean;
  readonly prompt: string;
}

const DONE = 1;
const FAILED = 2;

/** Which items a joblog tells of, each by its last line: a byte an item, however long their prompts are. */
export class LoggedItems {
  #ends = new Uint8Array(1024);

  set({ seq, hasFailed }: LoggedItem): void {
    if (seq >= this.#ends.length) {
      const larger = new Uint8Array(Math.max(seq + 1, 2 * this.#ends.length));
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[seq] = hasFailed ? FAILED : DONE;
  }

  isLogged(seq: number): boolean {
    return (this.#ends[seq] ?? 0) !== 0;
  }

  hasFailed(seq: number): boolean {
    return this.#ends[seq] === FAILED;
  }

  forget(seq: number): void {
    this.#ends[seq] = 0;
  }
}

/** A file that is not there tells of nothing. */
export async function readJoblog(file: string): Promise<LoggedItems> {
  const items = new LoggedItems();
  for await (const item of linesOf(file)) items.set(item);
  return items;
}

/** The items that failed, with the prompts that the joblog has of them. */
export async function* failedItems(file: string): AsyncGenerator<MapItem> {
  const ends = await readJoblog(file);
  for await (const { seq, prompt } of linesOf(file)) {
    if (!ends.hasFailed(seq)) continue;
    ends.forget(seq);
    yield { seq, text: prompt, input: prompt, fields: undefined, problem: undefined };
  }
}

/** Numbers beyond it are no items of ours, and would ask for memory without end. */
const MAX_SEQ = 2 ** 31;

async function* linesOf(file: string): AsyncGenerator<LoggedItem> {
  let items: LoggedItem[] = [];
  const splitter = new LineSplitter({
    line: (bytes) => {
      const [seq = '', , , , , , exitval, signal, ...command] = bytes.toString('utf8').split('\t');
      if (!/^\d+$/.test(seq) || Number(seq) > MAX_SEQ || signal === undefined) return;
      const prompt = command.join('\t').replaceAll('\0', '\n');
      items.push({ seq: Number(seq), hasFailed: exitval !== '0' || signal !== '0', prompt });
    },
    tooLong: () => {},
  });
  try {
    for await (const chunk of createReadStream(file)) {
      splitter.push(chunk as Buffer);
      yield* items;
      items = [];
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw new UserError(`--joblog ${JSON.stringify(file)} cannot be read (${codeOf(error)})`);
  }
  splitter.end();
  yield* items;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
