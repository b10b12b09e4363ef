/** Picks lines out of a file as it passes by, so that a line in the middle of a large one costs no more memory than itself. */

/** About 25,000 tokens: more than that hides what the model was looking for. */
const MAX_SHOWN_BYTES = 100_000;
const MAX_LINE_BYTES = 20_000;

export interface ShownLines {
  readonly shown: readonly string[];
  /** As an editor counts: what follows the last line feed is a line too. */
  readonly total: number;
  /** There were more lines wanted than are shown. */
  readonly cut: boolean;
}

export class LineRange {
  readonly #first: number;
  readonly #last: number;
  readonly #shown: string[] = [];
  #parts: Buffer[] = [];
  #partBytes = 0;
  #lineBytes = 0;
  #shownBytes = 0;
  #line = 1;
  #isEmpty = true;
  #cut = false;

  constructor(first: number, limit: number | undefined) {
    this.#first = first;
    this.#last = limit === undefined ? Number.POSITIVE_INFINITY : first + limit - 1;
  }

  add(chunk: Buffer): void {
    if (chunk.length > 0) this.#isEmpty = false;
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  end(): ShownLines {
    if (this.#isEmpty) return { shown: [], total: 0, cut: false };
    this.#endLine();
    return { shown: this.#shown, total: this.#line - 1, cut: this.#cut };
  }

  get #isWanted(): boolean {
    return this.#line >= this.#first && this.#line <= this.#last && !this.#cut;
  }

  #keep(part: Buffer): void {
    if (!this.#isWanted) return;
    this.#lineBytes += part.length;
    const kept = part.subarray(0, MAX_LINE_BYTES - this.#partBytes);
    if (kept.length === 0) return;
    this.#parts.push(kept);
    this.#partBytes += kept.length;
  }

  #endLine(): void {
    if (this.#isWanted) {
      this.#shownBytes += this.#partBytes;
      if (this.#shownBytes > MAX_SHOWN_BYTES && this.#shown.length > 0) this.#cut = true;
      else this.#shown.push(this.#text());
    }
    this.#parts = [];
    this.#partBytes = 0;
    this.#lineBytes = 0;
    this.#line += 1;
  }

  #text(): string {
    const line = Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, '');
    const whole = this.#line === 1 ? line.replace(/^\ufeff/, '') : line;
    const left = this.#lineBytes - this.#partBytes;
    return left === 0 ? whole : `${whole}… [${left.toLocaleString('en-US')} bytes of this line are left out]`;
  }
}
