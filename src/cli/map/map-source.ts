/** Where a map's items come from: stdin, or the failed lines of a joblog; less those that a joblog has answered. */
import { fstatSync } from 'node:fs';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { LINE_FEED } from '../../wire/lines/line-splitter.ts';
import type { InputKind, MapItem } from '../../workflow/map/map-item.ts';
import { MapTemplate, namesText } from '../../workflow/map/map-template.ts';
import { BadHeader, type MapInput, openItems } from '../../workflow/map/read-items.ts';
import { MAX_LINE_BYTES, NUL, readLines } from '../../workflow/map/read-lines.ts';
import { failedItems, type LoggedItems, readJoblog } from './map-joblog.ts';
import type { MapCommandLine } from './map-options.ts';
import type { MapProgress } from './map-progress.ts';

export interface MapSource {
  readonly kind: InputKind;
  readonly template: MapTemplate;
  /** To be called once. Aborting ends the reading. */
  readonly items: (signal: AbortSignal) => AsyncIterable<MapItem>;
}

export interface Wanted {
  readonly template: string;
  readonly input: InputKind | undefined;
  readonly joblog: MapCommandLine['joblog'];
}

/** Of items from a joblog: each is its own prompt. */
export const LOGGED_PROMPT = '{}';

/** `undefined`: there are no items. */
export async function openSource(
  { template, input, joblog }: Wanted,
  { stdin }: Program,
  progress: MapProgress,
  signal: AbortSignal,
): Promise<MapSource | undefined> {
  if (joblog?.use === 'retry-failed') {
    const items = await unlessEmpty(watched(failedItems(joblog.file), progress));
    return items && { kind: 'lines', template: MapTemplate.parse(LOGGED_PROMPT, false), items: () => items };
  }
  if (stdin.isTTY) progress.note('andwait: reading items from the terminal, one a line; Ctrl-D ends them');
  refuseFolder(stdin);
  const reading = new AbortController();
  const giveUp = (): void => reading.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  const opened = await openStdin(stdin, input, progress, reading.signal);
  if (opened === undefined) return undefined;
  const parsed = MapTemplate.parse(template, hasFields(opened.kind));
  refuseMissingColumns(parsed, opened);
  if (opened.isGuessed) {
    progress.note(
      'andwait: the first line is a JSON object, so each line is read as a record (--input lines: as text)',
    );
  }
  const left = joblog === undefined || joblog.use === 'write' ? undefined : await readJoblog(joblog.file);
  const skips = (logged: LoggedItems, seq: number): boolean =>
    logged.isLogged(seq) && !(joblog?.use === 'resume-failed' && logged.hasFailed(seq));
  const all = watched(opened.items, progress);
  const items = left === undefined ? all : await unlessEmpty(without(all, (seq) => skips(left, seq)));
  return (
    items && {
      kind: opened.kind,
      template: parsed,
      items: (ending) => {
        ending.addEventListener('abort', () => reading.abort(ending.reason), { once: true });
        return items;
      },
    }
  );
}

async function openStdin(
  stdin: Program['stdin'],
  input: InputKind | undefined,
  progress: MapProgress,
  signal: AbortSignal,
): Promise<MapInput | undefined> {
  let mended = 0;
  const watch = {
    taken: (bytes: number) => progress.taken(bytes),
    mended: (line: number) => {
      mended += 1;
      if (mended > 1) return;
      progress.note(
        `andwait: line ${line} of stdin is not UTF-8: what cannot be read stands as U+FFFD, here and in any line that follows`,
      );
    },
  };
  try {
    const endByte = input === 'nul' ? NUL : LINE_FEED;
    return await openItems(readLines(stdin, signal, watch, MAX_LINE_BYTES, endByte), input);
  } catch (error) {
    if (error instanceof BadHeader) throw new UserError(error.message);
    throw unreadable(error, EXIT.usage);
  }
}

function hasFields(kind: InputKind): boolean {
  return kind !== 'lines' && kind !== 'nul';
}

/** Node takes a folder for a stream that is empty. */
function refuseFolder(stdin: Program['stdin']): void {
  if (!('fd' in stdin) || typeof stdin.fd !== 'number') return;
  if (!fstatSync(stdin.fd).isDirectory()) return;
  throw new UserError('stdin cannot be read (EISDIR): it is a folder; its items come from a file or a pipe');
}

/** What the system says of stdin; anything else comes back as it is. */
function unreadable(error: unknown, exitCode: number): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  return new UserError(`stdin cannot be read (${String(error.code)})`, exitCode);
}

/** A column that is not there is a mistake of the command line, and not of every row. */
function refuseMissingColumns(template: MapTemplate, { columns }: MapInput): void {
  if (columns === undefined) return;
  const missing = template.fields.find((name) => !columns.includes(name));
  if (missing === undefined) return;
  throw new UserError(
    `the template asks for {${missing}}, and the header names no such column; ${namesText(columns)}`,
  );
}

async function* watched(items: AsyncIterable<MapItem>, progress: MapProgress): AsyncGenerator<MapItem> {
  try {
    yield* items;
  } catch (error) {
    throw unreadable(error, EXIT.scriptFailed);
  }
  progress.inputEnded();
}

async function* without(
  items: AsyncIterable<MapItem>,
  isLeftOut: (seq: number) => boolean,
): AsyncGenerator<MapItem> {
  for await (const item of items) if (!isLeftOut(item.seq)) yield item;
}

/** `undefined`: a run is not made for nothing. */
async function unlessEmpty(items: AsyncIterable<MapItem>): Promise<AsyncIterable<MapItem> | undefined> {
  const reader = items[Symbol.asyncIterator]();
  const first = await reader.next();
  return first.done === true ? undefined : following(first.value, reader);
}

async function* following(first: MapItem, rest: AsyncIterator<MapItem>): AsyncGenerator<MapItem> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
