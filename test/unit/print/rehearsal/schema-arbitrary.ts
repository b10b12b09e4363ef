/** JSON Schemas that have at least one value, of every keyword the rehearsal claims to serve. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../../src/core/json.ts';

const PATTERNS = [
  ...['^z+$', '^[a-z]+(-[a-z0-9]+)*$', '^\\d{4}-\\d{2}$', '^(?=.*[A-Z])(?=.*\\d).{8,}$', '^#[0-9a-f]{6}$'],
  ...[
    '^(foo|ba[rz])$',
    '^\\p{Lu}\\p{Ll}+$',
    '^(?<a>\\d)-\\k<a>$',
    '^[^\\s@]+@[^\\s@]+$',
    'x{3}',
    '^$',
    '^\\S.*\\S$',
  ],
  ...['^(?!none)[a-z]{4}$', '^[\\w.-]+/[\\w.-]+$', '^https?://[^/]+/'],
];
const FORMATS = ['date-time', 'date', 'email', 'uri', 'uuid', 'ipv4', 'hostname', 'made-up'];

const range = (max: number) =>
  fc.tuple(fc.nat(max), fc.nat(max)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);

const text = fc.oneof(
  range(40).map(([minLength, maxLength]) => ({ type: 'string', minLength, maxLength })),
  fc.constantFrom(...PATTERNS).map((pattern) => ({ type: 'string', pattern })),
  fc.constantFrom(...FORMATS).map((format) => ({ type: 'string', format })),
);
const number = fc.oneof(
  range(50).map(([minimum, maximum]) => ({ type: 'integer', minimum, maximum })),
  fc.tuple(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0.25, 0.5, 1, 3, 7)).map(([low, step]) => ({
    type: 'number',
    exclusiveMinimum: low,
    exclusiveMaximum: low + 3 * step,
    multipleOf: step,
  })),
  fc.constant({ type: 'integer', multipleOf: 6, minimum: 1 }),
  fc
    .double({ min: -1e6, max: 1e6, noNaN: true })
    .map((maximum) => ({ type: 'number', exclusiveMaximum: maximum })),
);
const scalar = fc.oneof(
  text,
  number,
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['string', 'null'] }, {}, true as const),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minLength: 1, maxLength: 4 })
    .map((list) => ({ enum: list })),
  fc.jsonValue({ maxDepth: 1 }).map((value) => ({ const: value as Json })),
);

const { schema } = fc.letrec<{ schema: Json; list: Json; object: Json; choice: Json }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'schema' },
    scalar as fc.Arbitrary<Json>,
    tie('list'),
    tie('object'),
    tie('choice'),
  ),
  list: fc.oneof(
    fc
      .tuple(tie('schema'), range(4))
      .map(([items, [minItems, maxItems]]) => ({ type: 'array', items, minItems, maxItems }) as Json),
    fc
      .array(tie('schema'), { minLength: 1, maxLength: 3 })
      .map((prefixItems) => ({ type: 'array', prefixItems, items: false }) as Json),
    fc.nat(3).map((minItems) => ({
      type: 'array',
      items: { type: 'integer', minimum: 0, maximum: 9 },
      minItems,
      uniqueItems: true,
    })),
    fc
      .tuple(scalar, fc.nat(2))
      .map(([contains, minContains]) => ({ type: 'array', contains, minContains }) as Json),
  ),
  object: fc.oneof(
    fc
      .tuple(
        fc.dictionary(
          fc.constantFrom('title', 'count', 'isDone', 'url', 'notes', 'constructor', 'x-y'),
          tie('schema'),
        ),
        fc.nat(),
        fc.boolean(),
      )
      .map(([properties, take, closed]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).slice(0, take % 4),
        ...(closed ? { additionalProperties: false } : {}),
      })),
    tie('schema').map((additionalProperties) => ({ type: 'object', additionalProperties })),
    tie('schema').map((value) => ({
      type: 'object',
      patternProperties: { '^x-': value },
      additionalProperties: false,
      minProperties: 1,
    })),
    fc.constant({ type: 'object', propertyNames: { pattern: '^[A-Z]{2}$' }, minProperties: 2 }),
    fc.constant({
      properties: { a: { type: 'string' } },
      type: 'object',
      dependentRequired: { a: ['b'] },
      required: ['a'],
    }),
    fc.constant({
      type: 'object',
      properties: { kind: { enum: ['x', 'y'] }, extra: { type: 'integer' } },
      required: ['kind'],
      if: { properties: { kind: { const: 'x' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['extra'] },
      else: { properties: { extra: false } },
    }),
  ) as fc.Arbitrary<Json>,
  choice: fc.oneof(
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf }) as Json),
    fc.constant({
      oneOf: [
        { type: 'integer', multipleOf: 3 },
        { type: 'integer', multipleOf: 5 },
      ],
    }),
    tie('schema').map((value) => ({
      oneOf: ['a', 'b'].map((tag) => ({
        type: 'object',
        properties: { tag: { const: tag }, value },
        required: ['tag'],
      })),
    })),
    tie('schema').map((value) => ({ allOf: [value, {}, true] })),
    fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => ({
      allOf: [
        { type: 'object', properties: { a }, required: ['a'] },
        { type: 'object', properties: { b }, required: ['b'] },
      ],
    })),
    fc.constantFrom(
      { not: { type: 'string' } },
      { not: { enum: [1, 2] }, type: 'integer', minimum: 1, maximum: 4 },
      { $ref: '#/$defs/tree' },
    ),
  ) as fc.Arbitrary<Json>,
}));

/** Every root is an object, as `agent({schema})` asks; `tree` refers to itself. */
export const objectSchema: fc.Arbitrary<JsonObject> = schema.map((value) => ({
  type: 'object',
  properties: { value },
  required: ['value'],
  $defs: {
    tree: {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/tree' } } },
      required: ['name', 'children'],
    },
  },
}));
