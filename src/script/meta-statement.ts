/** Finds `export const meta = {…}` at the very start by tokens, so that a large body is parsed once only, later, as what V8 will compile. */
import type { Expression, Options, Token } from 'acorn';
import { placeAt, syntaxErrorOf } from './parse-goal.ts';
import { ScriptParser } from './script-parser.ts';
import { refusedAt, type ScriptRefused } from './script-refused.ts';

/** Edition 2024 is the newest that Node 20 reads whole: a script means the same on every Node. */
export const ECMA_VERSION = 2024;

/** In the module goal `<!--` is no comment: what stands before `meta` is white space and comments in every goal. */
const MODULE_GOAL: Options = { ecmaVersion: ECMA_VERSION, sourceType: 'module', allowHashBang: true };

export interface MetaStatement {
  readonly start: number;
  /** After the semicolon, if there is one. */
  readonly end: number;
  readonly value: Expression;
}

/** Contract: throws only ScriptRefused. */
export function metaStatement(text: string, path: string): MetaStatement {
  try {
    const start = expectHead(text, path);
    const value = ScriptParser.parseExpressionAt(text, start.valueAt, MODULE_GOAL);
    return { start: start.at, end: endOfStatement(text, path, value), value };
  } catch (error) {
    throw syntaxErrorOf(error, text, path) ?? error;
  }
}

const HEAD: readonly ((token: Token & { readonly value?: unknown }) => boolean)[] = [
  (token) => token.type.keyword === 'export',
  (token) => token.type.keyword === 'const',
  (token) => token.type.label === 'name' && token.value === 'meta',
];

function expectHead(text: string, path: string): { readonly at: number; readonly valueAt: number } {
  const tokens = ScriptParser.tokenizer(text, MODULE_GOAL);
  const first = tokens.getToken();
  let token = first;
  for (const matches of HEAD) {
    if (!matches(token)) throw notFirst(text, path, first.start);
    token = tokens.getToken();
  }
  if (token.type.label === ':') {
    const remedy = 'a workflow script is plain JavaScript: remove the type annotation';
    throw refusedAt(text, path, placeAt(text, token.start), 'meta has a TypeScript annotation', remedy);
  }
  if (token.type.label !== '=') throw notFirst(text, path, first.start);
  return { at: first.start, valueAt: token.end };
}

/** The statement ends at a semicolon, a line break or the end of the file, as any statement does. */
function endOfStatement(text: string, path: string, value: Expression): number {
  const rest = text.slice(value.end);
  const next = ScriptParser.tokenizer(rest, MODULE_GOAL).getToken();
  if (next.type.label === ';') return value.end + next.end;
  const isOver = next.type.label === 'eof' || /[\n\r\u2028\u2029]/.test(rest.slice(0, next.start));
  if (isOver) return value.end;
  const remedy =
    'end the meta statement with `}` and a line break; TypeScript such as `as const` is not available';
  throw refusedAt(text, path, placeAt(text, value.end + next.start), 'unexpected text after meta', remedy);
}

function notFirst(text: string, path: string, offset: number): ScriptRefused {
  return refusedAt(
    text,
    path,
    placeAt(text, offset),
    "`export const meta = { name: '…', description: '…' }` must be the first statement of the script",
    'put meta before this; only comments may stand above it',
  );
}
