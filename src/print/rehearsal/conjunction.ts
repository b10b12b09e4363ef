/** Several schemas that one value must match together (a schema, its `$ref`, its `allOf`, a chosen branch), read as one. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

export type Schema = boolean | JsonObject;

export const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'] as const;
export type TypeName = (typeof TYPES)[number];

/** Keywords that tell the type of a schema which does not say it. */
const TELLTALES: readonly (readonly [TypeName, readonly string[]])[] = [
  [
    'object',
    [
      'properties',
      'required',
      'additionalProperties',
      'patternProperties',
      'minProperties',
      'propertyNames',
      'dependentRequired',
    ],
  ],
  ['array', ['items', 'prefixItems', 'minItems', 'contains', 'uniqueItems']],
  ['string', ['pattern', 'format', 'minLength', 'maxLength']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
];

export class Conjunction {
  readonly schemas: readonly JsonObject[];

  constructor(schemas: readonly JsonObject[]) {
    this.schemas = schemas;
  }

  has(...keywords: readonly string[]): boolean {
    return this.schemas.some((schema) => keywords.some((keyword) => schema[keyword] !== undefined));
  }

  /** The greatest of a keyword's values: for lower bounds. */
  greatest(keyword: string): number | undefined {
    return this.numbers(keyword).reduce<number | undefined>((a, b) => Math.max(a ?? b, b), undefined);
  }

  least(keyword: string): number | undefined {
    return this.numbers(keyword).reduce<number | undefined>((a, b) => Math.min(a ?? b, b), undefined);
  }

  numbers(keyword: string): number[] {
    return this.values(keyword).filter((value) => typeof value === 'number');
  }

  texts(keyword: string): string[] {
    return this.values(keyword).filter((value) => typeof value === 'string');
  }

  values(keyword: string): Json[] {
    return this.schemas.flatMap((schema) => (schema[keyword] === undefined ? [] : [schema[keyword]]));
  }

  isTrue(keyword: string): boolean {
    return this.values(keyword).includes(true);
  }

  /** Values that some `enum` or `const` allows; `undefined` when nothing lists them. */
  get listed(): readonly Json[] | undefined {
    for (const schema of this.schemas) {
      if (schema['const'] !== undefined) return [schema['const']];
      if (Array.isArray(schema['enum'])) return schema['enum'];
    }
    return undefined;
  }

  /** The types every schema allows, empty when they contradict each other; `undefined` when none is stated. */
  get types(): TypeName[] | undefined {
    const stated = this.schemas.flatMap((schema) => (schema['type'] === undefined ? [] : [typesOf(schema)]));
    if (stated.length === 0) return undefined;
    const common = TYPES.filter((type) => stated.every((types) => allows(types, type)));
    return common.includes('number') ? common.filter((type) => type !== 'integer') : common;
  }

  /** The type a reader would expect of a schema that states none. */
  get likelyType(): TypeName {
    return TELLTALES.find(([, keywords]) => this.has(...keywords))?.[0] ?? 'string';
  }
}

function typesOf(schema: JsonObject): readonly Json[] {
  const type = schema['type'] ?? null;
  const types = Array.isArray(type) ? type : [type];
  return schema['nullable'] === true ? [...types, 'null'] : types;
}

function allows(types: readonly Json[], type: TypeName): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || isJsonObject(value);
}

export function schemasIn(value: Json | undefined): Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

/** What no value can match, found on the way: another branch may do, and if none does it is said. */
export class Impossible extends Error {
  override readonly name = 'Impossible';
}
