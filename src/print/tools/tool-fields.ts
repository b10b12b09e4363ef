/** Says once which fields a tool's input has: the schema the model is shown and the check of what it sends come from the same words. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

export interface Field<T> {
  readonly schema: JsonObject;
  readonly isRequired: boolean;
  /** `undefined` where the value is of another kind. */
  read(value: Json): T | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: what a table of fields holds is told by each of them.
export type Fields = Readonly<Record<string, Field<any>>>;

export type Values<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

/** What models send whose words for numbers and truth were quoted is taken as they meant it. */
export function text(description: string): Field<string> {
  return field({ type: 'string', description }, (value) => (typeof value === 'string' ? value : undefined));
}

export function number(description: string): Field<number> {
  return field({ type: 'number', description }, (value) => {
    const meant = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof meant === 'number' && Number.isFinite(meant) ? meant : undefined;
  });
}

export function flag(description: string): Field<boolean> {
  return field({ type: 'boolean', description }, (value) => {
    if (value === 'true' || value === 'false') return value === 'true';
    return typeof value === 'boolean' ? value : undefined;
  });
}

export function choice<const W extends string>(words: readonly W[], description: string): Field<W> {
  return field({ type: 'string', enum: [...words], description }, (value) =>
    words.find((word) => word === value),
  );
}

/** Whatever JSON there is. */
export function anything(description: string): Field<Json> {
  return field({ description }, (value) => value);
}

export function list<F extends Fields>(fields: F, description: string): Field<readonly Values<F>[]> {
  const schema = { type: 'array', items: schemaOf(fields), description };
  return field(schema, (value) => {
    if (!Array.isArray(value)) return undefined;
    const readings = value.map((item: Json) => readFields(fields, item));
    return readings.every((reading) => reading.kind === 'ok')
      ? readings.map(({ values }) => values)
      : undefined;
  });
}

function field<T>(schema: JsonObject, read: (value: Json) => T | undefined): Field<T> {
  return { schema, isRequired: true, read };
}

export function optional<T>({ schema, read }: Field<T>): Field<T | undefined> {
  return { schema, isRequired: false, read };
}

export function schemaOf(fields: Fields): JsonObject {
  const names = Object.keys(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, fields[name]?.schema ?? {}])),
    required: names.filter((name) => fields[name]?.isRequired),
    additionalProperties: false,
  };
}

export type FieldsReading<F extends Fields> =
  | { readonly kind: 'ok'; readonly values: Values<F> }
  | { readonly kind: 'wrong'; readonly issues: readonly string[] };

export function readFields<F extends Fields>(
  fields: F,
  input: Json,
  tolerated: readonly string[] = [],
): FieldsReading<F> {
  if (!isJsonObject(input))
    return { kind: 'wrong', issues: [`The input must be an object, not ${shown(input)}`] };
  const issues: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, isRequired, read }] of Object.entries(fields)) {
    const given = input[name];
    if (given === undefined || (given === null && !isRequired)) {
      if (isRequired) issues.push(`The required parameter \`${name}\` is missing`);
      continue;
    }
    values[name] = read(given);
    if (values[name] === undefined) {
      const expected =
        schema['enum'] === undefined ? schema['type'] : `one of ${JSON.stringify(schema['enum'])}`;
      issues.push(`The parameter \`${name}\` is expected to be ${String(expected)} but is ${shown(given)}`);
    }
  }
  for (const name of Object.keys(input)) {
    if (!(name in fields) && !tolerated.includes(name)) {
      issues.push(`An unexpected parameter \`${name}\` was provided`);
    }
  }
  return issues.length > 0 ? { kind: 'wrong', issues } : { kind: 'ok', values: values as Values<F> };
}

function shown(value: Json): string {
  const json = JSON.stringify(value);
  return json.length > 100 ? `${json.slice(0, 100)}…` : json;
}
