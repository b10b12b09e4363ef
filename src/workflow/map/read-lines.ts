/** Lines of a stream, read only as they are asked for: the rest waits in the pipe, and its writer with it. */
import { addAbortSignal, type Readable } from 'node:stream';
import { LINE_FEED, LineSplitter } from '../../wire/lines/line-splitter.ts';

export interface InputLine {
  /** Without its line end, LF or CRLF; without its NUL where that ends lines. Bytes that are no UTF-8 stand as U+FFFD. */
  readonly text: string;
  /** Size of a line that is larger than is taken; its text is not kept. */
  readonly tooLongBytes: number | undefined;
  /** Its size in the stream, line end included. */
  readonly bytes: number;
}

export interface LineWatch {
  /** Bytes of the lines that were taken so far, whatever more lies ready. */
  taken(bytes: number): void;
  /** A line held bytes that are no UTF-8. */
  mended(line: number): void;
}

/** More than any prompt may have; what holds more is no list of items. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export const NUL = 0;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = '\ufeff';

/** `endByte`: what ends each line, `LINE_FEED` or `NUL`. Ends, without an error, when `signal` is aborted: a pipe that nobody ends must not outlast a Ctrl-C. */
export async function* readLines(
  stdin: Readable,
  signal: AbortSignal,
  watch: LineWatch,
  maxLineBytes = MAX_LINE_BYTES,
  endByte: typeof LINE_FEED | typeof NUL = LINE_FEED,
): AsyncGenerator<InputLine, void, undefined> {
  let lines: InputLine[] = [];
  let takenBytes = 0;
  let count = 0;
  const splitter = new LineSplitter(
    {
      line: (bytes) => {
        count += 1;
        const { text, isMended } =
          endByte === NUL ? decoded(bytes, false) : decoded(withoutReturn(bytes), count === 1);
        if (isMended) watch.mended(count);
        lines.push({ text, tooLongBytes: undefined, bytes: bytes.length + 1 });
      },
      tooLong: (bytes) => {
        count += 1;
        lines.push({ text: '', tooLongBytes: bytes, bytes: bytes + 1 });
      },
    },
    maxLineBytes,
    endByte,
  );
  function* taken(): Generator<InputLine> {
    const ready = lines;
    lines = [];
    for (const line of ready) {
      takenBytes += line.bytes;
      watch.taken(takenBytes);
      yield line;
    }
  }
  try {
    for await (const chunk of addAbortSignal(signal, stdin)) {
      splitter.push(Buffer.from(chunk as Uint8Array));
      yield* taken();
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  splitter.end();
  yield* taken();
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}

function decoded(body: Buffer, isFirst: boolean): { readonly text: string; readonly isMended: boolean } {
  try {
    return { text: withoutMark(STRICT.decode(body), isFirst), isMended: false };
  } catch {
    return { text: withoutMark(body.toString('utf8'), isFirst), isMended: true };
  }
}

/** Editors of one system put it before the first character of a file. */
function withoutMark(text: string, isFirst: boolean): string {
  return isFirst && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
