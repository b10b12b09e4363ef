/**
 * Cuts a stream of JSON lines at line feeds, and their long strings short while they go by: a line of hundreds of megabytes
 * is a pasted file or a tool's output most of the time, and whoever wants the rest of it must not hold that.
 */
import { joined, LINE_FEED, type LineSink } from './line-splitter.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

export interface ShortLineLimits {
  /** Of the source of one string. Where that falls inside an escape or a character, its end counts. */
  readonly maxStringBytes: number;
  /** Of a line with its strings cut. */
  readonly maxLineBytes: number;
}

/** What is between the quotes of a string, byte by byte. */
type Place = 'outside' | 'inside' | 'escape';

export class ShortLineSplitter {
  readonly #sink: LineSink;
  readonly #limits: ShortLineLimits;
  #parts: Buffer[] = [];
  #keptBytes = 0;
  #bytes = 0;
  #place: Place = 'outside';
  #stringBytes = 0;
  /** Of an escape that is under way. */
  #escapeBytes = 0;
  /** The rest of this string goes. */
  #isDropping = false;

  constructor(sink: LineSink, limits: ShortLineLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    let kept = 0;
    let lineStart = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (byte === LINE_FEED) {
        if (!this.#isDropping) this.#keep(chunk.subarray(kept, at));
        this.#bytes += at - lineStart;
        this.#finish();
        kept = at + 1;
        lineStart = kept;
      } else if (this.#place === 'outside') {
        if (byte === QUOTE) this.#place = 'inside';
      } else if (this.#place === 'escape') this.#inEscape(byte);
      else if (byte === QUOTE) {
        if (this.#isDropping) kept = at;
        this.#endString();
      } else if (
        this.#isDropping ||
        this.#stringBytes < this.#limits.maxStringBytes ||
        isInsideCharacter(byte)
      ) {
        this.#stringBytes += 1;
        if (byte === BACKSLASH) this.#place = 'escape';
      } else {
        this.#keep(chunk.subarray(kept, at));
        this.#isDropping = true;
        if (byte === BACKSLASH) this.#place = 'escape';
      }
    }
    if (!this.#isDropping) this.#keep(chunk.subarray(kept));
    this.#bytes += chunk.length - lineStart;
  }

  /** What follows the last line feed is a line, too. */
  end(): void {
    if (this.#bytes > 0) this.#finish();
  }

  /** `\n`, or `\u` and four digits. */
  #inEscape(byte: number): void {
    this.#stringBytes += 1;
    this.#escapeBytes += 1;
    if (this.#escapeBytes === 1 && byte === LETTER_U) return;
    if (this.#escapeBytes > 1 && this.#escapeBytes < 5) return;
    this.#escapeBytes = 0;
    this.#place = 'inside';
  }

  #keep(part: Buffer): void {
    this.#keptBytes += part.length;
    if (this.#keptBytes > this.#limits.maxLineBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #endString(): void {
    this.#place = 'outside';
    this.#stringBytes = 0;
    this.#isDropping = false;
  }

  #finish(): void {
    const { maxLineBytes } = this.#limits;
    const [parts, keptBytes, bytes] = [this.#parts, this.#keptBytes, this.#bytes];
    this.#parts = [];
    this.#keptBytes = 0;
    this.#bytes = 0;
    this.#escapeBytes = 0;
    this.#endString();
    if (keptBytes > maxLineBytes) this.#sink.tooLong(bytes);
    else this.#sink.line(joined(parts));
  }
}

/** Of UTF-8: not the first byte of one. */
function isInsideCharacter(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
