/** The JSON Schema validator as this project sets it up. Importing it loads ajv: reach it through `import()` where start-up counts. */
import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** `validateSchema: false` skips the check against the meta-schema: 40 ms saved for a schema that was checked before. */
export function schemaEngine(
  schema: JsonObject,
  options: Pick<Options, 'validateSchema' | 'allErrors'>,
): Ajv {
  const settings: Options = {
    strict: false,
    // Measured: the real engine takes "not-a-uri" for a `format: uri`.
    validateFormats: false,
    logger: false,
    // Optimising generated code takes ten times as long as generating it, and pays after thousands of values.
    code: { optimize: false },
    // Else a property called `constructor` is found on every object, inherited, and is no match for its schema.
    ownProperties: true,
    // The meta-schemas are there to check schemas with.
    meta: options.validateSchema !== false,
    ...options,
  };
  return isDraft07(schema) ? new Ajv(settings) : new Ajv2020(settings);
}

/** Without `$schema`, tuples written as `items: […]` give a draft-07 schema away: 2020-12 spells them `prefixItems`. */
function isDraft07(schema: JsonObject): boolean {
  const declared = schema['$schema'];
  if (typeof declared === 'string') return /draft-0[4-7]/.test(declared);
  return hasItemsArray(schema);
}

function hasItemsArray(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasItemsArray);
  if (!isJsonObject(value)) return false;
  return Array.isArray(value['items']) || Object.values(value).some(hasItemsArray);
}

/** The dialect was chosen above, so an unknown `$schema` is not looked up (and refused) by the engine. */
export function withoutDialect(schema: JsonObject): JsonObject {
  const { $schema: _dialect, ...rest } = schema;
  return rest;
}

const MAX_MISMATCHES = 10;

/** What does not match, in words that help a model to mend it: where, what, and the values that would do. */
export function mismatchText(errors: readonly ErrorObject[]): string {
  const words = [...new Set(errors.map(mismatch))];
  const more = words.length - MAX_MISMATCHES;
  return words.slice(0, MAX_MISMATCHES).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

function mismatch({ instancePath, message = 'does not match', keyword, params }: ErrorObject): string {
  const where = instancePath === '' ? 'root' : instancePath;
  return `${where}: ${message}${detail(keyword, params)}`;
}

function detail(keyword: string, params: ErrorObject['params']): string {
  switch (keyword) {
    case 'enum':
      return `: ${JSON.stringify(params['allowedValues'])}`;
    case 'const':
      return `: ${JSON.stringify(params['allowedValue'])}`;
    case 'additionalProperties':
      return `: ${JSON.stringify(params['additionalProperty'])}`;
    case 'unevaluatedProperties':
      return `: ${JSON.stringify(params['unevaluatedProperty'])}`;
    default:
      return '';
  }
}
