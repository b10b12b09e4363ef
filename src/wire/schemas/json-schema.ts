/**
 * Decides whether a value matches a call's schema. Schemas are the author's and values the model's, so neither is
 * trusted with our time: compiling and checking both end at a limit (a `pattern` can ask for exponential work).
 */
import type { Ajv } from 'ajv';
import type { Json, JsonObject } from '../../core/json.ts';
import { TimeLimitError, withTimeLimit } from './time-limit.ts';

export type SchemaCheck =
  | {
      readonly kind: 'ok';
      /** What does not match, in words; `undefined` when the value matches. */
      check(value: Json): string | undefined;
    }
  | { readonly kind: 'bad'; readonly message: string };

export interface CompileOptions {
  /** The schema was checked by andwait before this process was started: it is not held against the meta-schema again. */
  readonly checkedBefore?: boolean;
  /** How long one value may take to be judged. */
  readonly checkLimitMs?: number;
}

const COMPILE_LIMIT_MS = 10_000;
const DEFAULT_CHECK_LIMIT_MS = 5_000;

/** Enough for a workflow's own schemas; a script that makes up a new one per call must not fill memory. */
const MAX_CACHED = 200;
const cache = new Map<string, Promise<SchemaCheck>>();

export function compileSchema(schema: JsonObject, options: CompileOptions = {}): Promise<SchemaCheck> {
  const text = jsonTextOf(schema);
  if (text === undefined) return Promise.resolve(tooDeep());
  const known = cache.get(text);
  if (known !== undefined) return known;
  const compiled = compile(schema, options);
  const oldest = cache.keys().next();
  if (cache.size >= MAX_CACHED && oldest.done !== true) cache.delete(oldest.value);
  cache.set(text, compiled);
  return compiled;
}

async function compile(
  schema: JsonObject,
  { checkedBefore = false, checkLimitMs = DEFAULT_CHECK_LIMIT_MS }: CompileOptions,
): Promise<SchemaCheck> {
  const problem = rootProblem(schema);
  if (problem !== undefined) return { kind: 'bad', message: problem };
  const { schemaEngine, withoutDialect, mismatchText } = await import('./schema-engine.ts');
  try {
    const validate = withTimeLimit(COMPILE_LIMIT_MS, () => {
      const engine: Ajv = schemaEngine(schema, { validateSchema: !checkedBefore, allErrors: true });
      return engine.compile(withoutDialect(schema));
    });
    return {
      kind: 'ok',
      check: (value) =>
        limitedCheck(
          checkLimitMs,
          () => validate(value),
          () => mismatchText(validate.errors ?? []),
        ),
    };
  } catch (error) {
    return badSchema(error);
  }
}

/** A value that cannot be judged in time is told to the model as a mismatch: another value may be judged. */
function limitedCheck(limitMs: number, matches: () => boolean, mismatch: () => string): string | undefined {
  try {
    return withTimeLimit(limitMs, matches) ? undefined : mismatch();
  } catch (error) {
    if (error instanceof TimeLimitError)
      return `root: checking the value against the schema ${error.message}; give simpler text`;
    if (error instanceof RangeError) return 'root: the value is nested too deeply to be checked';
    throw error;
  }
}

function rootProblem(schema: JsonObject): string | undefined {
  if (schema['type'] !== 'object') {
    const found = schema['type'] === undefined ? 'no type' : `type ${JSON.stringify(schema['type'])}`;
    return `the root of the schema must have "type": "object", and it has ${found}; put the value into a property`;
  }
  // ajv would answer with a promise, which is always truthy: every value would match.
  return schema['$async'] === undefined ? undefined : 'the keyword "$async" is not JSON Schema; leave it out';
}

/** ajv reports what is wrong with a schema by throwing plain errors: bad keywords, bad patterns, references to nowhere. */
function badSchema(error: unknown): SchemaCheck {
  if (error instanceof RangeError) return tooDeep();
  if (!(error instanceof Error)) throw error;
  const message = error.message.replace(/^schema is invalid: /, '');
  return { kind: 'bad', message: error instanceof TimeLimitError ? `compiling it ${message}` : message };
}

function tooDeep(): SchemaCheck {
  return { kind: 'bad', message: 'it is nested too deeply' };
}

/** `undefined` when the schema is deeper than the stack. */
function jsonTextOf(schema: JsonObject): string | undefined {
  try {
    return JSON.stringify(schema);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
