/** A terminal as far as the live tree uses one: it refuses what it does not know, so that no new sequence goes untested. */
import { stripVTControlCharacters } from 'node:util';
import type { TerminalSize } from '../../../src/report/progress/screen-region.ts';

const TOKEN = /\x1b\[(\??)([\d;]*)([A-Za-z])|\n|\r|[^\x1b\n\r]/gu;

export class VirtualScreen {
  readonly #size: TerminalSize;
  readonly #scrolledOff: string[] = [];
  #rows: string[];
  #row = 0;
  #column = 0;
  #wraps = true;

  constructor(size: TerminalSize) {
    this.#size = size;
    this.#rows = Array.from({ length: size.rows }, () => '');
  }

  write(text: string): void {
    const unknown = stripVTControlCharacters(text.replace(TOKEN, ''));
    if (unknown !== '') throw new Error(`the screen does not know ${JSON.stringify(unknown)}`);
    for (const match of text.matchAll(TOKEN)) this.#apply(match);
  }

  /** What is on the screen, without the empty rows at its foot. */
  shown(): string[] {
    const last = this.#rows.findLastIndex((row) => row !== '');
    return this.#rows.slice(0, last + 1);
  }

  /** What scrolled off, then what is shown. */
  all(): string[] {
    return [...this.#scrolledOff, ...this.shown()];
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  get wraps(): boolean {
    return this.#wraps;
  }

  #apply([token, isPrivate, parameters = '', final]: RegExpMatchArray): void {
    if (token === '\n') this.#lineFeed();
    else if (token === '\r') this.#column = 0;
    else if (final === undefined) this.#print(token ?? '');
    else if (isPrivate === '?') this.#setMode(`${parameters}${final}`);
    else this.#control(final, parameters);
  }

  #control(final: string, parameters: string): void {
    if (final === 'A') this.#row = Math.max(0, this.#row - Number(parameters));
    else if (final === 'K' && parameters === '2') this.#rows[this.#row] = '';
    else if (final !== 'm') throw new Error(`the screen does not know CSI ${parameters}${final}`);
  }

  #setMode(mode: string): void {
    if (mode === '7h') this.#wraps = true;
    else if (mode === '7l') this.#wraps = false;
    else if (mode !== '2026h' && mode !== '2026l') throw new Error(`the screen does not know mode ${mode}`);
  }

  #print(character: string): void {
    if (this.#column === this.#size.columns) {
      if (!this.#wraps) return;
      this.#lineFeed();
    }
    const row = this.#rows[this.#row] ?? '';
    const padded = row.padEnd(this.#column);
    this.#rows[this.#row] = padded.slice(0, this.#column) + character + padded.slice(this.#column + 1);
    this.#column++;
  }

  /** With the carriage return that a terminal driver adds. */
  #lineFeed(): void {
    this.#column = 0;
    if (this.#row < this.#size.rows - 1) {
      this.#row++;
      return;
    }
    this.#scrolledOff.push(this.#rows[0] ?? '');
    this.#rows = [...this.#rows.slice(1), ''];
  }
}
