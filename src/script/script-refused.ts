/** A script that will not be run, told to its author: what was found, where, the line itself, and what to write instead. */

/** 1-based, in the author's file; a column counts UTF-16 units, as editors and V8 do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Lines can be a whole minified file: the frame shows this much of one. */
const FRAME_COLUMNS = 100;
const FRAME_LEAD = 60;

export class ScriptRefused extends Error {
  override readonly name = 'ScriptRefused';
  readonly path: string;
  readonly line: number;
  readonly column: number;

  constructor(message: string, path: string, place: Place) {
    super(message);
    this.path = path;
    this.line = place.line;
    this.column = place.column;
  }
}

/** A refusal that points into the text. `remedy` stands beside the caret: what to write instead. */
export function refusedAt(
  text: string,
  path: string,
  place: Place,
  found: string,
  remedy: string,
): ScriptRefused {
  const where = `${path}:${place.line}:${place.column}`;
  return new ScriptRefused(`${found} (${where})\n${frameOf(text, place, remedy)}`, path, place);
}

function frameOf(text: string, place: Place, remedy: string): string {
  const line = text.split(/\r\n?|\n|\u2028|\u2029/)[place.line - 1] ?? '';
  const cut = Math.max(0, place.column - 1 - FRAME_LEAD);
  const shown = line.slice(cut, cut + FRAME_COLUMNS);
  const lead = shown.slice(0, place.column - 1 - cut).replace(/[^\t]/g, ' ');
  return `  ${shown}\n  ${lead}^ ${remedy}`;
}
