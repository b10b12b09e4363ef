/** From the meta statement to the fields a run knows: strict about the name, forgiving about what older scripts left in it. */
import { isJsonObject, type Json } from '../core/json.ts';
import { literalValue, NotLiteral } from './meta-literal.ts';
import type { MetaStatement } from './meta-statement.ts';
import { placeAt, syntaxErrorOf } from './parse-goal.ts';
import { refusedAt } from './script-refused.ts';

interface PhaseMeta {
  readonly title: string;
  readonly detail: string | undefined;
  readonly model: string | undefined;
}

export interface Meta {
  readonly name: string;
  readonly description: string;
  readonly whenToUse: string | undefined;
  readonly phases: readonly PhaseMeta[];
}

/** Contract: throws only ScriptRefused. */
export function readMeta(statement: MetaStatement, text: string, path: string): Meta {
  const value = literalOf(statement, text, path);
  const fail = (found: string, remedy: string) =>
    refusedAt(text, path, placeAt(text, statement.value.start), found, remedy);
  if (!isJsonObject(value)) throw fail('meta must be an object', "write { name: '…', description: '…' }");
  const required = (field: 'name' | 'description'): string => {
    const given = value[field];
    if (typeof given === 'string' && given !== '') return given;
    const found = given === undefined ? 'it is missing' : `it is ${JSON.stringify(given)}`;
    throw fail(`meta.${field} must be a non-empty string; ${found}`, `add ${field}: '…'`);
  };
  return {
    name: required('name'),
    description: required('description'),
    whenToUse: textOf(value['whenToUse']),
    phases: phasesOf(value['phases']),
  };
}

/** What an object becomes when the next line begins with a bracket, a template or an operator. */
const CONTINUED = new Set([
  'CallExpression',
  'MemberExpression',
  'TaggedTemplateExpression',
  'BinaryExpression',
]);

function literalOf({ value }: MetaStatement, text: string, path: string): Json {
  try {
    return literalValue(value, 'meta');
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw syntaxErrorOf(error, text, path) ?? error;
    const found = `meta must be a pure literal: ${error.message}`;
    const runsOn = CONTINUED.has(value.type) && text[value.start] === '{';
    const remedy = runsOn
      ? 'end the meta statement with a semicolon: the next line continues it'
      : 'write the value itself';
    throw refusedAt(text, path, placeAt(text, error.offset), found, remedy);
  }
}

/** Entries that are no phase are dropped: published scripts carry them and run. */
function phasesOf(value: Json | undefined): readonly PhaseMeta[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const { title, detail, model } = entry;
    return typeof title === 'string' ? [{ title, detail: textOf(detail), model: textOf(model) }] : [];
  });
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
