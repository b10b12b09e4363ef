/** Takes lines from a blocking read: no streams, because the process has nothing else to do while it waits. */
import { Buffer } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 256 * 1024;

export class LineReader {
  readonly #read: (buffer: Buffer) => number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #decoder = new StringDecoder('utf8');
  readonly #ready: string[] = [];
  #parts: string[] = [];

  /** `read` fills a buffer and says how many bytes came; 0 is the end. */
  constructor(read: (buffer: Buffer) => number) {
    this.#read = read;
  }

  hasNext(): boolean {
    return this.#ready.length > 0;
  }

  /** `undefined` at the end of the input; half a line before it is dropped, since its sender is gone. */
  next(): string | undefined {
    while (this.#ready.length === 0) {
      const count = this.#read(this.#chunk);
      if (count === 0) return undefined;
      this.#take(this.#decoder.write(this.#chunk.subarray(0, count)));
    }
    return this.#ready.shift();
  }

  #take(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    this.#parts.push(first);
    const last = rest.pop();
    if (last === undefined) return;
    this.#ready.push(this.#parts.join(''), ...rest);
    this.#parts = [last];
  }
}
