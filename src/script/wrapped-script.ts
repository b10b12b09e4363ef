/** Makes the text V8 compiles: the author's body in a strict async function, every character at its old line and column. */
import type { MetaStatement } from './meta-statement.ts';

/** An arrow, so that `this` at the top is the global object. `meta` is longer than this, so the body of the same line keeps its columns. */
const OPENING = '(async()=>{"use strict";';
/** On a line of its own: the author's last line may be a comment. */
const CLOSING = '\n})';

/**
 * The opening stands where `meta` stood and the rest of `meta` becomes blank. When `meta` goes over several lines, nothing of
 * the body follows on its first one, so that line may grow.
 */
export function wrappedScript(text: string, meta: MetaStatement): string {
  const blank = text.slice(meta.start, meta.end).replace(/[^\n\r\u2028\u2029]/g, ' ');
  const firstLine = /^ */.exec(blank)?.[0].length ?? 0;
  const opening = OPENING + blank.slice(Math.min(firstLine, OPENING.length));
  return text.slice(0, meta.start) + opening + text.slice(meta.end) + CLOSING;
}
