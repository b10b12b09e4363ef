import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { NoSample, sampleOf } from '../../../../src/print/rehearsal/sample.ts';
import { objectSchema } from './schema-arbitrary.ts';

const SETTINGS = { strict: false, validateFormats: false, logger: false, ownProperties: true } as const;

function mismatches(
  schema: JsonObject,
  value: unknown,
  dialect: typeof Ajv | typeof Ajv2020 = Ajv2020,
): unknown {
  const engine = new dialect(SETTINGS);
  return engine.validate(schema, value) ? [] : engine.errors;
}

const property = (schema: JsonObject | boolean, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: { v: schema },
  required: ['v'],
  ...more,
});

describe('a sample matches its schema', () => {
  test('whatever the schema', () => {
    fc.assert(
      fc.property(objectSchema, fc.string(), fc.integer({ min: 1, max: 50 }), (schema, key, occurrence) => {
        expect(mismatches(schema, sampleOf(schema, key, occurrence))).toEqual([]);
      }),
      { numRuns: 60, seed: 20261122 },
    );
  });

  test.each<[string, JsonObject]>([
    [
      'a pattern with lookaheads',
      property({ type: 'string', pattern: '^(?=.*[A-Z])(?=.*\\d).{8,}$', maxLength: 12 }),
    ],
    ['a pattern and a great length', property({ type: 'string', pattern: '^[a-f]+$', minLength: 3000 })],
    ['two patterns', property({ allOf: [{ pattern: '^a' }, { pattern: 'b$' }], type: 'string' })],
    [
      'a pattern that backtracks without end',
      property({ type: 'string', pattern: '^(a+)+$', minLength: 30 }),
    ],
    [
      'characters beyond the basic plane, counted once',
      property({ type: 'string', pattern: '^\\u{1F600}+$', minLength: 3, maxLength: 3 }),
    ],
    ['decimal multiples', property({ type: 'number', multipleOf: 0.01, minimum: 0.29, maximum: 0.3 })],
    [
      'two multiples',
      property({ type: 'integer', allOf: [{ multipleOf: 4 }, { multipleOf: 6 }], minimum: 1 }),
    ],
    [
      'integers between exclusive bounds',
      property({ type: 'integer', exclusiveMinimum: 4, exclusiveMaximum: 6 }),
    ],
    ['very large bounds', property({ type: 'number', minimum: 1e300, maximum: 1e308 })],
    [
      'a type that is a number, and an integer too',
      property({ allOf: [{ type: 'number' }, { type: ['integer', 'string'] }] }),
    ],
    [
      'exactly one of overlapping branches',
      property({ oneOf: [{ minimum: 0 }, { maximum: 10 }], type: 'integer' }),
    ],
    [
      'not',
      property({
        type: 'object',
        properties: { a: { type: 'boolean' } },
        required: ['a'],
        not: { properties: { a: { const: true } } },
      }),
    ],
    [
      'not required',
      property({
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' } },
        not: { required: ['a'] },
      }),
    ],
    [
      'many unique entries of a small set',
      property({ type: 'array', items: { enum: [...'abcdefghij'] }, uniqueItems: true, minItems: 10 }),
    ],
    [
      'many unique entries',
      property({ type: 'array', items: { type: 'string' }, uniqueItems: true, minItems: 60 }),
    ],
    [
      'contains, between bounds',
      property({
        type: 'array',
        contains: { type: 'integer', minimum: 100 },
        minContains: 2,
        maxContains: 3,
        items: { type: 'integer' },
      }),
    ],
    [
      'tuples',
      property({
        type: 'array',
        prefixItems: [{ type: 'string' }, { type: 'integer' }],
        minItems: 4,
        items: { type: 'boolean' },
      }),
    ],
    ['a map', property({ type: 'object', additionalProperties: { type: 'integer' }, minProperties: 8 })],
    [
      'keys by pattern',
      property({
        type: 'object',
        patternProperties: { '^[a-z]{2}_\\d$': {} },
        additionalProperties: false,
        minProperties: 5,
      }),
    ],
    [
      'dependent schemas',
      property({
        type: 'object',
        properties: { a: {} },
        required: ['a'],
        dependentSchemas: { a: { required: ['c'], properties: { c: { type: 'integer' } } } },
      }),
    ],
    [
      'unevaluated properties',
      property({
        allOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }],
        type: 'object',
        unevaluatedProperties: false,
      }),
    ],
    [
      'a closed half of an allOf',
      property({
        type: 'object',
        allOf: [
          { properties: { a: { type: 'string' } }, additionalProperties: false },
          { properties: { a: { minLength: 40 }, b: {} }, required: ['a'] },
        ],
      }),
    ],
    ['nullable', property({ type: 'string', nullable: true, minLength: 3 })],
    ['an anchor', property({ $ref: '#node' }, { $defs: { n: { $anchor: 'node', type: 'integer' } } })],
    [
      'a pointer with escapes',
      property({ $ref: '#/$defs/a~1b%25' }, { $defs: { 'a/b%': { type: 'boolean' } } }),
    ],
    [
      'its own $id',
      property(
        { $ref: 'https://example.com/s#/$defs/n' },
        { $id: 'https://example.com/s', $defs: { n: { const: 7 } } },
      ),
    ],
    [
      'an id inside',
      property(
        { $ref: 'item.json' },
        { $id: 'https://example.com/s', $defs: { n: { $id: 'item.json', const: 7 } } },
      ),
    ],
    [
      'required recursion that a list ends',
      property(
        { $ref: '#/$defs/n' },
        {
          $defs: {
            n: {
              type: 'object',
              required: ['next'],
              properties: { next: { type: 'array', items: { $ref: '#/$defs/n' } } },
            },
          },
        },
      ),
    ],
    [
      'recursion that only one branch ends',
      property(
        { $ref: '#/$defs/e' },
        {
          $defs: {
            e: {
              anyOf: [
                {
                  type: 'object',
                  required: ['l', 'r'],
                  properties: { l: { $ref: '#/$defs/e' }, r: { $ref: '#/$defs/e' } },
                },
                { type: 'number' },
              ],
            },
          },
        },
      ),
    ],
    [
      'enum filtered by other keywords',
      property({ enum: ['a', 'bb', 3, null], type: 'string', minLength: 2 }),
    ],
    [
      'a property called __proto__',
      { type: 'object', properties: JSON.parse('{"__proto__":{"type":"integer"}}'), required: ['__proto__'] },
    ],
    ['nothing said', { type: 'object' }],
  ])('%s', (_name, schema) => {
    for (const occurrence of [1, 2, 9]) {
      expect(mismatches(schema, sampleOf(schema, 'some key', occurrence))).toEqual([]);
    }
  });

  test.each<[string, JsonObject]>([
    [
      'definitions',
      property(
        { $ref: '#/definitions/n' },
        { $schema: 'http://json-schema.org/draft-07/schema#', definitions: { n: { type: 'integer' } } },
      ),
    ],
    [
      'tuples, without saying which draft',
      property({
        type: 'array',
        items: [{ type: 'string' }, { type: 'integer' }],
        additionalItems: false,
        minItems: 2,
      }),
    ],
    [
      'dependencies',
      property(
        { type: 'object', properties: { a: {} }, required: ['a'], dependencies: { a: ['b'] } },
        { $schema: 'http://json-schema.org/draft-07/schema#' },
      ),
    ],
  ])('draft-07: %s', (_name, schema) => {
    expect(mismatches(schema, sampleOf(schema, 'some key', 1), Ajv)).toEqual([]);
  });
});

describe('no sample', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['nothing matches', { type: 'object', not: {} }, /nothing that was tried matches/],
    [
      'endless nesting',
      { type: 'object', required: ['self'], properties: { self: { $ref: '#' } } },
      /nested without an end|reasonable time/,
    ],
    [
      'bounds the wrong way round',
      { type: 'object', properties: { n: { type: 'integer', minimum: 3, maximum: 2 } }, required: ['n'] },
      /\/n: no number lies between 3 and 2/,
    ],
    [
      'a pattern that nothing matches',
      { type: 'object', properties: { s: { type: 'string', pattern: 'a^' } }, required: ['s'] },
      /no text was found for the pattern a\^/,
    ],
    [
      'contradicting types',
      {
        type: 'object',
        properties: { s: { allOf: [{ type: 'string' }, { type: 'number' }] } },
        required: ['s'],
      },
      /types contradict/,
    ],
    [
      'a reference to itself',
      { type: 'object', properties: { s: { $ref: '#/properties/s' } }, required: ['s'] },
      /leads back to itself|reasonable/,
    ],
    [
      'a text larger than memory',
      property({ type: 'string', minLength: 4e8 }),
      /\/v: minLength 400000000 is more than the 1000000 characters/,
    ],
    [
      'too many long texts',
      property({ type: 'array', items: { type: 'string', minLength: 1e6 }, minItems: 1000 }),
      /reasonable time/,
    ],
    [
      'a list larger than memory',
      property({ type: 'array', contains: { type: 'string' }, minContains: 4e8 }),
      /minContains 400000000 is more than the 20000 entries/,
    ],
  ])('%s: said, never invented', (_name, schema, message) => {
    expect(() => sampleOf(schema, 'k', 1)).toThrow(NoSample);
    expect(() => sampleOf(schema, 'k', 1)).toThrow(message);
  });
});

describe('the same and yet not the same', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: {
      findings: {
        type: 'array',
        items: {
          type: 'object',
          properties: { title: { type: 'string' }, file: { type: 'string' }, line: { type: 'integer' } },
          required: ['title', 'file', 'line'],
        },
      },
      done: { type: 'boolean' },
    },
    required: ['findings', 'done'],
  };

  test('the same call gives the same value', () => {
    expect(sampleOf(schema, 'a', 3)).toEqual(sampleOf(schema, 'a', 3));
  });

  test('other calls give other values', () => {
    const values = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify(sampleOf(schema, `call ${index}`, 1)),
    );
    expect(new Set(values).size).toBeGreaterThan(8);
  });

  test('property names guide the text', () => {
    const guided: JsonObject = {
      type: 'object',
      properties: {
        file: { type: 'string' },
        sourceUrl: { type: 'string' },
        severity: { type: 'string' },
        owner_email: { type: 'string' },
      },
      required: ['file', 'sourceUrl', 'severity', 'owner_email'],
    };
    expect(sampleOf(guided, 'k', 1)).toEqual({
      file: expect.stringMatching(/^[\w-]+\/[\w/-]+\.\w+$/),
      sourceUrl: expect.stringMatching(/^https:\/\/example\.com\//),
      severity: expect.stringMatching(/^(critical|high|medium|low)$/),
      owner_email: expect.stringMatching(/^person\d+@example\.com$/),
    });
  });
});
