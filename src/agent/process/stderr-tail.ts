/** Keeps the end of what an agent writes to stderr: where the reason stands, however much came before it. */
const TAIL_BYTES = 8 * 1024;
/** Gathered up to here before it is cut, so that a chatty agent costs few copies. */
const GATHER_BYTES = TAIL_BYTES * 8;
const CONTINUATION = 0b1000_0000;

export class StderrTail {
  #parts: Buffer[] = [];
  #bytes = 0;
  #cut = false;

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > GATHER_BYTES) this.#compact();
  }

  text(): string {
    this.#compact();
    const [tail] = this.#parts;
    if (tail === undefined) return '';
    return this.#cut ? `…${fromWholeCharacter(tail).toString('utf8')}` : tail.toString('utf8');
  }

  #compact(): void {
    if (this.#parts.length === 0) return;
    const all = Buffer.concat(this.#parts);
    const tail = all.length > TAIL_BYTES ? Buffer.from(all.subarray(-TAIL_BYTES)) : all;
    this.#cut ||= tail.length < all.length;
    this.#parts = [tail];
    this.#bytes = tail.length;
  }
}

/** The cut may have gone through a character of UTF-8: what is left of it is dropped. */
function fromWholeCharacter(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => (byte & 0b1100_0000) !== CONTINUATION);
  return bytes.subarray(Math.max(start, 0));
}
