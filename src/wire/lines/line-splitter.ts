/** Cuts a byte stream at line feeds, or at another byte, whatever its chunks: no byte is looked at twice, and a line is copied at most once, when chunks cut it. */
export const LINE_FEED = 10;

/** 128 MiB: above every line seen, far below what a string may hold, and small enough for many agents at once. */
export const DEFAULT_MAX_LINE_BYTES = 128 * 1024 * 1024;

/** Contract: calls back while `push` or `end` runs, in the order of the stream, and keeps no reference to a line it handed over. */
export interface LineSink {
  /** A line without the byte that ends it; it may share memory with the chunk it came in. */
  line(bytes: Buffer): void;
  /** A line that was larger than is kept, once it is over. */
  tooLong(bytes: number): void;
}

export class LineSplitter {
  readonly #sink: LineSink;
  readonly #maxLineBytes: number;
  readonly #endByte: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(sink: LineSink, maxLineBytes: number = DEFAULT_MAX_LINE_BYTES, endByte: number = LINE_FEED) {
    this.#sink = sink;
    this.#maxLineBytes = maxLineBytes;
    this.#endByte = endByte;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(this.#endByte, start);
      if (end === -1) break;
      this.#take(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    if (start < chunk.length) this.#take(chunk.subarray(start));
  }

  /** What follows the last of them is a line, too: an agent that is killed ends in the middle of one. */
  end(): void {
    if (this.#bytes > 0) this.#finish();
  }

  #take(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes <= this.#maxLineBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  #finish(): void {
    const parts = this.#parts;
    const bytes = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    if (bytes > this.#maxLineBytes) this.#sink.tooLong(bytes);
    else this.#sink.line(joined(parts));
  }
}

/** Copies nothing where there is one part. */
export function joined(parts: readonly Buffer[]): Buffer {
  const [only, ...more] = parts;
  return only !== undefined && more.length === 0 ? only : Buffer.concat(parts);
}
