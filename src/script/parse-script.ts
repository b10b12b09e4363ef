/** The gate: a script passes when its meta is a literal and its body, in the very text V8 will compile, stays inside its wrapper. */
import type { Options, Program } from 'acorn';
import { decodeScript } from './decode-script.ts';
import { forbiddenIn } from './forbidden-syntax.ts';
import { ECMA_VERSION, type MetaStatement, metaStatement } from './meta-statement.ts';
import { placeAt, syntaxErrorOf } from './parse-goal.ts';
import { type Meta, readMeta } from './read-meta.ts';
import { ScriptParser } from './script-parser.ts';
import { refusedAt, type ScriptRefused } from './script-refused.ts';
import { wrappedScript } from './wrapped-script.ts';

export { ScriptRefused } from './script-refused.ts';

export interface ParsedScript {
  readonly path: string;
  readonly meta: Meta;
  /** The exact text V8 will compile: lines and columns are those of the author's file. */
  readonly code: string;
}

export interface ScriptSource {
  readonly script: ParsedScript;
  /** The file, without a byte order mark. */
  readonly text: string;
}

/** What a file says of itself, without a look at its body, which costs the most. Contract: throws only ScriptRefused. */
export function parseMeta(bytes: Uint8Array, path: string): Meta {
  const text = decodeScript(bytes, path);
  return readMeta(metaStatement(text, path), text, path);
}

/** From the bytes of a file. Contract: throws only ScriptRefused. */
export function parseSource(bytes: Uint8Array, path: string): ScriptSource {
  const text = decodeScript(bytes, path);
  return { script: parseScript(text, path), text };
}

/** Contract: throws only ScriptRefused. */
export function parseScript(text: string, path: string): ParsedScript {
  const statement = metaStatement(text, path);
  const meta = readMeta(statement, text, path);
  const code = wrappedScript(text, statement);
  const program = parsedBody(code, text, statement, path);
  const forbidden = forbiddenIn(program);
  if (forbidden !== undefined) {
    throw refusedAt(text, path, placeAt(code, forbidden.offset), forbidden.found, forbidden.remedy);
  }
  return { path, meta, code };
}

/** V8 compiles a script, not a module: a gate in another goal reads comments and `await` differently and can be fooled. */
export const SCRIPT_GOAL: Options = { ecmaVersion: ECMA_VERSION, sourceType: 'script', allowHashBang: true };

function parsedBody(code: string, text: string, statement: MetaStatement, path: string): Program {
  const htmlComments: number[] = [];
  const onComment = (_isBlock: boolean, _text: string, start: number) => {
    if (code[start] !== '/' && code[start] !== '#') htmlComments.push(start);
  };
  const program = refusingSyntaxErrors(text, statement, path, () =>
    ScriptParser.parse(code, { ...SCRIPT_GOAL, onComment }),
  );
  const [comment] = htmlComments;
  if (comment !== undefined) {
    const remedy = 'write // for a comment, or put spaces into the operator';
    throw refusedAt(text, path, placeAt(code, comment), 'HTML-like comments are not available', remedy);
  }
  const [first] = program.body;
  // Nothing can follow a wrapper that ends where the text does.
  const wrapper = first?.type === 'ExpressionStatement' ? first.expression : undefined;
  if (wrapper?.type === 'ArrowFunctionExpression' && wrapper.end === code.length - 1) return program;
  throw brokenOut(text, statement, path, first?.end ?? 0);
}

function refusingSyntaxErrors(
  text: string,
  statement: MetaStatement,
  path: string,
  read: () => Program,
): Program {
  try {
    return read();
  } catch (error) {
    const refusal = syntaxErrorOf(error, text, path);
    if (refusal === undefined) throw error;
    throw errorWithoutWrapper(text, statement, path) ?? refusal;
  }
}

/** A bracket too many closes the wrapper, and the error shows up behind it: without the wrapper it is found where it is. */
function errorWithoutWrapper(
  text: string,
  { start, end }: MetaStatement,
  path: string,
): ScriptRefused | undefined {
  const blank = text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, ' ');
  const bare = text.slice(0, start) + blank + text.slice(end);
  try {
    ScriptParser.parse(bare, {
      ...SCRIPT_GOAL,
      strict: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    });
    return undefined;
  } catch (error) {
    return syntaxErrorOf(error, text, path);
  }
}

function brokenOut(text: string, statement: MetaStatement, path: string, offset: number): ScriptRefused {
  const place = placeAt(text, Math.min(offset, text.length));
  const remedy = 'remove the closing bracket';
  return (
    errorWithoutWrapper(text, statement, path) ??
    refusedAt(text, path, place, 'the script closes a bracket it did not open', remedy)
  );
}
