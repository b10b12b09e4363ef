/**
 * One row of delimited text, fed line by line: a quoted field may hold separators and line breaks. CSV after RFC 4180,
 * with any quote inside an unquoted field taken as it is; in TSV no quote means anything, as for cut, awk and sort.
 */
export interface Dialect {
  readonly separator: string;
  readonly quotes: boolean;
}

export const CSV: Dialect = { separator: ',', quotes: true };
export const TSV: Dialect = { separator: '\t', quotes: false };

const QUOTE = '"';

export class DelimitedRow {
  readonly #dialect: Dialect;
  readonly #fields: string[] = [];
  /** What there is of a quoted field whose end has not come. */
  #open: string[] | undefined;
  #problem: string | undefined;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** True once the row is whole; else its next line belongs to it. */
  push(line: string): boolean {
    let at = 0;
    if (this.#open !== undefined) {
      this.#open.push('\n');
      at = this.#quoted(line, 0);
    } else {
      at = this.#field(line, 0);
    }
    while (at <= line.length && this.#open === undefined) at = this.#field(line, at);
    return this.#open === undefined;
  }

  get fields(): readonly string[] {
    return this.#fields;
  }

  /** In words, when it is no row of this dialect. */
  get problem(): string | undefined {
    return this.#open === undefined ? this.#problem : 'a quoted field in it never ends';
  }

  /** Reads the field that begins at `at`; returns where the next one does, beyond the line when there is none. */
  #field(line: string, at: number): number {
    if (this.#dialect.quotes && line[at] === QUOTE) {
      this.#open = [];
      return this.#quoted(line, at + 1);
    }
    const end = this.#endFrom(line, at);
    this.#fields.push(line.slice(at, end));
    return end + 1;
  }

  #quoted(line: string, begin: number): number {
    const parts = this.#open ?? [];
    let at = begin;
    for (;;) {
      const quote = line.indexOf(QUOTE, at);
      if (quote === -1) {
        parts.push(line.slice(at));
        return line.length + 1;
      }
      parts.push(line.slice(at, quote));
      at = quote + 1;
      if (line[at] !== QUOTE) break;
      parts.push(QUOTE);
      at += 1;
    }
    const end = this.#endFrom(line, at);
    if (end > at) {
      this.#problem ??= `${JSON.stringify(line.slice(at, Math.min(end, at + 20)))} follows the closing quote of a field; a quote inside a field is written twice`;
    }
    this.#fields.push(parts.join(''));
    this.#open = undefined;
    return end + 1;
  }

  #endFrom(line: string, at: number): number {
    const end = line.indexOf(this.#dialect.separator, at);
    return end === -1 ? line.length : end;
  }
}
