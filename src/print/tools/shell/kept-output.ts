/** What a command prints: the beginning and the end in memory, the whole in a file once that is not all of it. */
import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { makeFolders } from '../../../wire/files/make-folders.ts';

/** Half from the beginning, half from the end. */
const MAX_SHOWN_BYTES = 30_000;
const HALF = MAX_SHOWN_BYTES / 2;

/** A command that prints for ever is not to fill the disk. */
const MAX_FILE_BYTES = 1_000_000_000;

export interface ShownOutput {
  readonly text: string;
  /** Where the whole is, when `text` is not all. */
  readonly file: string | undefined;
}

export class KeptOutput {
  readonly #file: string;
  #head: Buffer = Buffer.alloc(0);
  /** Everything, until that is too much; then no less than the last half. */
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #bytes = 0;
  #fileBytes = 0;
  #stream: WriteStream | undefined;
  #draining: Promise<void> | undefined;
  #failure: string | undefined;

  /** `file` and its folder are made when they are needed. */
  constructor(file: string) {
    this.#file = file;
  }

  /** False: wait for `drained` before more comes. */
  write(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    if (this.#stream !== undefined) {
      this.#trimTail();
      return this.#put(this.#stream, chunk);
    }
    if (this.#bytes <= MAX_SHOWN_BYTES) return true;
    const all = Buffer.concat(this.#tail);
    this.#head = Buffer.from(all.subarray(0, HALF));
    this.#tail = [Buffer.from(all.subarray(-HALF))];
    this.#tailBytes = HALF;
    this.#stream = this.#open();
    return this.#put(this.#stream, all);
  }

  /** The file takes more, or never will. */
  async drained(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined || !stream.writableNeedDrain || stream.destroyed) return;
    this.#draining ??= new Promise((resolve) => {
      const done = (): void => {
        this.#draining = undefined;
        stream.off('drain', done).off('close', done);
        resolve();
      };
      stream.on('drain', done).on('close', done);
    });
    await this.#draining;
  }

  async end(): Promise<ShownOutput> {
    const tail = Buffer.concat(this.#tail);
    const stream = this.#stream;
    if (stream === undefined) return { text: tail.toString('utf8'), file: undefined };
    stream.end();
    await finished(stream).catch(() => {});
    const end = tail.subarray(-HALF);
    const left = (this.#bytes - HALF - end.length).toLocaleString('en-US');
    const note = `[${left} bytes are left out here. ${this.#whereAllIs()}]`;
    const text = `${wholeCharacters(this.#head)}\n\n${note}\n\n${wholeCharacters(end)}`;
    return { text, file: this.#failure === undefined ? this.#file : undefined };
  }

  #whereAllIs(): string {
    if (this.#failure !== undefined) return `The whole output could not be kept: ${this.#failure}.`;
    const all = this.#bytes.toLocaleString('en-US');
    return this.#fileBytes < this.#bytes
      ? `The first ${this.#fileBytes.toLocaleString('en-US')} of ${all} bytes are in ${this.#file}`
      : `The whole output, ${all} bytes, is in ${this.#file}`;
  }

  #trimTail(): void {
    for (let first = this.#tail[0]; first !== undefined; first = this.#tail[0]) {
      if (this.#tailBytes - first.length < HALF) return;
      this.#tail.shift();
      this.#tailBytes -= first.length;
    }
  }

  #open(): WriteStream {
    try {
      makeFolders(path.dirname(this.#file), 0o700);
    } catch (error) {
      this.#fail(error);
    }
    return createWriteStream(this.#file, { flags: 'wx', mode: 0o600 }).on('error', (error) =>
      this.#fail(error),
    );
  }

  #put(stream: WriteStream, chunk: Buffer): boolean {
    const room = MAX_FILE_BYTES - this.#fileBytes;
    if (room <= 0 || stream.destroyed || this.#failure !== undefined) return true;
    const part = chunk.subarray(0, room);
    this.#fileBytes += part.length;
    return stream.write(part);
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
  }
}

/** A character that the cut went through is left out, not shown as a broken one. */
function wholeCharacters(bytes: Buffer): string {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return new TextDecoder('utf8').decode(bytes.subarray(start), { stream: true });
}
