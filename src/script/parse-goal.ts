/** What the parser throws and where it points, in the words and the 1-based columns of our messages. */
import { getLineInfo } from 'acorn';
import { type Place, refusedAt, type ScriptRefused } from './script-refused.ts';

export function placeAt(text: string, offset: number): Place {
  const { line, column } = getLineInfo(text, offset);
  return { line, column: column + 1 };
}

const PLAIN_JAVASCRIPT =
  'a workflow script is plain JavaScript: no TypeScript annotations; check quotes and brackets';

/** The refusal for a syntax error of acorn, or for text nested deeper than it can follow; `undefined` for anything else. */
export function syntaxErrorOf(error: unknown, text: string, path: string): ScriptRefused | undefined {
  if (error instanceof RangeError) {
    return refusedAt(text, path, { line: 1, column: 1 }, TOO_DEEP.found, TOO_DEEP.remedy);
  }
  if (!(error instanceof SyntaxError) || !hasLocation(error)) return undefined;
  const said = error.message.replace(/ \(\d+:\d+\)$/, '');
  const { found, remedy } = inOurWords(said);
  return refusedAt(text, path, insideOf(text, error.loc), found, remedy);
}

type LocatedError = SyntaxError & { readonly loc: { readonly line: number; readonly column: number } };

function hasLocation(error: SyntaxError): error is LocatedError {
  return 'loc' in error;
}

function inOurWords(said: string): { readonly found: string; readonly remedy: string } {
  if (/sourceType: module|import\.meta/.test(said)) return IMPORT_REFUSAL;
  return { found: said, remedy: PLAIN_JAVASCRIPT };
}

const TOO_DEEP = {
  found: 'the script is nested too deeply to be read',
  remedy: 'name parts of this expression, or pass the data in through args',
};

export const IMPORT_REFUSAL = {
  found: '`import` and `export` are not available in a workflow script',
  remedy: 'write the code into the script itself, or have an agent() do what the module would',
};

/** A bracket that is never closed is noticed in the text we add at the end: shown at the end of the author's. */
function insideOf(text: string, loc: LocatedError['loc']): Place {
  const end = placeAt(text, text.length);
  return loc.line > end.line ? end : { line: loc.line, column: loc.column + 1 };
}
