/**
 * A block of lines at the foot of a terminal that is drawn over in place, while other lines scroll away above it.
 * `log-update` does the first; of lines it is to leave above, it drops all that exceed one screen, and a thousand
 * agents can fail within one tick. It also counts rows as they were before a resize.
 */
import { displayWidth } from '../text/text-width.ts';

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

const ESC = '\x1b[';
/** Terminals that know it show a frame whole or not at all; others ignore it. */
const FRAME_BEGIN = `${ESC}?2026h`;
const FRAME_END = `${ESC}?2026l`;
/**
 * Without automatic wrapping a line is one row, come what may: terminals disagree about the width of some emoji, and
 * one line that wraps unforeseen would shift every later frame.
 */
const WRAP_OFF = `${ESC}?7l`;
const WRAP_ON = `${ESC}?7h`;
const ERASE_LINE = `${ESC}2K`;

/**
 * What to write so that the screen shows `above` for good and `frame` below it. The cursor rests in the empty row under
 * the frame, visible, at column 0: whatever ends the program, the terminal is left in order.
 */
export class ScreenRegion {
  #drawn: readonly string[] = [];
  #columns = 0;

  /** `frame` must leave one row free. Its lines may be styled, but hold no other control characters. */
  draw(above: readonly string[], frame: readonly string[], { columns }: TerminalSize): string {
    const narrowed = columns < this.#columns;
    const drawn = this.#drawn;
    const rows = narrowed ? rowsAfterBreaking(drawn, columns) : drawn.length;
    this.#drawn = frame;
    this.#columns = columns;
    if (above.length > 0 || narrowed || frame.length < drawn.length) {
      return framed(`${eraseUp(rows)}${endedEach(above)}${WRAP_OFF}${endedEach(frame)}`);
    }
    if (frame.length === drawn.length && frame.every((line, row) => line === drawn[row])) return '';
    const lines = frame.map((line, row) => (line === drawn[row] ? '\n' : `${ERASE_LINE}${line}\n`));
    return framed(`\r${ERASE_LINE}${cursorUp(rows)}${WRAP_OFF}${lines.join('')}`);
  }
}

/**
 * Row by row and never "erase to the end of the screen": from the top left corner tmux takes that for clearing the
 * screen and keeps the old frame in its history. The resting row is erased too: a typed `^C` is echoed there.
 */
function eraseUp(rows: number): string {
  return `\r${ERASE_LINE}${`${cursorUp(1)}${ERASE_LINE}`.repeat(rows)}`;
}

function cursorUp(rows: number): string {
  return rows === 0 ? '' : `${ESC}${rows}A`;
}

/**
 * A terminal that became narrower has broken its lines in two (nearly all do; where lines are cut off instead, some
 * rows above are lost from view once).
 */
function rowsAfterBreaking(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
}

function endedEach(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function framed(body: string): string {
  return `${FRAME_BEGIN}${body}${WRAP_ON}${FRAME_END}`;
}
