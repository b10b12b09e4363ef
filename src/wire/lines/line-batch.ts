/** Lines that are said in one turn of the event loop go out in one write: a system call costs more than what most of them say. */
import type { Writable } from 'node:stream';

export class LineBatch {
  readonly #out: Writable;
  #lines: string[] = [];

  constructor(out: Writable) {
    this.#out = out;
  }

  add(value: unknown): void {
    if (this.#lines.length === 0) setImmediate(() => this.flush());
    this.#lines.push(JSON.stringify(value));
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    if (this.#out.writable) this.#out.write(text);
  }
}
