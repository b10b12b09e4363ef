/** Lines that are appended to a file, each handed over once it is whole: what is torn now may be whole the next time, or be cut away by whoever writes on. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { LineSplitter } from '../../wire/lines/line-splitter.ts';

const CHUNK_BYTES = 256 * 1024;

/** A pipe under that name must not make a reader wait for a writer. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export class LineTail {
  readonly #file: string;
  /** Up to here all lines were handed over. */
  #offset = 0;
  #seen = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** Calls `take` for each line that came since the last time, without its line feed. Nothing comes of a file that is not there. */
  read(take: (line: Buffer) => void): void {
    const found = statSync(this.#file, { throwIfNoEntry: false });
    const seen = `${found?.size} ${found?.mtimeMs}`;
    if (!found?.isFile() || seen === this.#seen) return;
    const descriptor = this.#open();
    if (descriptor === undefined) return;
    this.#seen = seen;
    try {
      this.#readOn(descriptor, take);
    } finally {
      closeSync(descriptor);
    }
  }

  /** What stands behind the last line feed, when nobody writes on: an agent that was killed ends in the middle of a line. */
  rest(): Buffer {
    const descriptor = this.#open();
    if (descriptor === undefined) return Buffer.alloc(0);
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - this.#offset));
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, this.#offset));
    } finally {
      closeSync(descriptor);
    }
  }

  #open(): number | undefined {
    try {
      return openSync(this.#file, FLAGS);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #readOn(descriptor: number, take: (line: Buffer) => void): void {
    const splitter = new LineSplitter({
      line: (bytes) => {
        this.#offset += bytes.length + 1;
        take(bytes);
      },
      // Nothing of ours is that long; what it would tell is passed over.
      tooLong: (bytes) => {
        this.#offset += bytes + 1;
      },
    });
    for (let at = this.#offset; ; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const count = readSync(descriptor, chunk, 0, chunk.length, at);
      if (count === 0) return;
      at += count;
      splitter.push(chunk.subarray(0, count));
    }
  }
}
