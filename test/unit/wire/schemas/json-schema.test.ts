import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import { compileSchema } from '../../../../src/wire/schemas/json-schema.ts';

async function checkOf(schema: JsonObject): Promise<(value: Json) => string | undefined> {
  const compiled = await compileSchema(schema);
  if (compiled.kind === 'bad') throw new Error(compiled.message);
  return compiled.check;
}

async function messageOf(schema: JsonObject): Promise<string> {
  const compiled = await compileSchema(schema);
  return compiled.kind === 'bad' ? compiled.message : 'it is good';
}

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});

describe('bad schemas', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['no type', {}, /root of the schema must have "type": "object", and it has no type/],
    ['a list', { type: 'array' }, /it has type "array"/],
    ['two types', { type: ['object', 'null'] }, /it has type \["object","null"\]/],
    ['an unknown type', object({ a: { type: 'nope' } }), /type must be/],
    ['a keyword of the wrong type', object({ a: { minLength: 'x' } }), /minLength must be/],
    ['properties that are no object', { type: 'object', properties: [] }, /properties must be object/],
    [
      'a reference to nowhere',
      object({ a: { $ref: '#/$defs/nope' } }),
      /can't resolve reference #\/\$defs\/nope/,
    ],
    [
      'a reference into the network',
      object({ a: { $ref: 'https://example.com/x.json' } }),
      /can't resolve reference https/,
    ],
    ['a pattern that is none', object({ a: { pattern: '(' } }), /[Ii]nvalid regular expression/],
    ['an asynchronous schema, which would match everything', object({}, { $async: true }), /\$async/],
  ])('%s', async (_name, schema, message) => {
    expect(await messageOf(schema)).toMatch(message);
  });

  test('nested deeper than the stack', async () => {
    let deep: JsonObject = { type: 'string' };
    for (let level = 0; level < 20_000; level++) deep = { items: deep };
    expect(await messageOf(object({ a: deep }))).toBe('it is nested too deeply');
  });

  test('checked before: what the compiler itself notices is still told', async () => {
    const compiled = await compileSchema(object({ b: { $ref: '#/nowhere' } }), { checkedBefore: true });
    expect(compiled).toEqual({ kind: 'bad', message: expect.stringContaining('#/nowhere') });
  });
});

describe('mismatches, in words', () => {
  test.each<[string, JsonObject, Json, string | undefined]>([
    ['none', object({ a: { type: 'integer' } }), { a: 1 }, undefined],
    [
      'all of them at once',
      object({}, { required: ['a', 'b'] }),
      {},
      "root: must have required property 'a', root: must have required property 'b'",
    ],
    ['where', object({ a: { items: { type: 'integer' } } }), { a: [1, 'x'] }, '/a/1: must be integer'],
    [
      'the values that would do',
      object({ a: { enum: ['x', 'y'] } }),
      { a: 'z' },
      '/a: must be equal to one of the allowed values: ["x","y"]',
    ],
    [
      'the one value that would do',
      object({ a: { const: 3 } }),
      { a: 4 },
      '/a: must be equal to constant: 3',
    ],
    [
      'which property is too much',
      object({}, { additionalProperties: false }),
      { z: 1 },
      'root: must NOT have additional properties: "z"',
    ],
    ['a value that is no object', object({}), 'text', 'root: must be object'],
  ])('%s', async (_name, schema, value, expected) => {
    expect((await checkOf(schema))(value)).toBe(expected);
  });

  test('of very many the first ones', async () => {
    const check = await checkOf(object({ a: { type: 'array', items: { type: 'integer' } } }));
    expect(check({ a: Array.from({ length: 500 }, () => 'x') })).toMatch(
      /^\/a\/0: must be integer, .*, and 490 more$/,
    );
  });
});

describe('what schemas may say', () => {
  test.each<[string, JsonObject, Json]>([
    ['formats are not enforced', object({ a: { type: 'string', format: 'uri' } }), { a: 'not-a-uri' }],
    [
      'unknown keywords and formats',
      object({ a: { type: 'string', format: 'made-up', example: 1 } }),
      { a: '' },
    ],
    ['a dialect of its own', { $schema: 'https://example.com/mine', type: 'object' }, {}],
    ['definitions', object({ a: { $ref: '#/$defs/n' } }, { $defs: { n: { type: 'integer' } } }), { a: 1 }],
    ['a property called constructor, left out', object({ constructor: { type: 'string' } }), {}],
    [
      'draft-07, said',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        ...object({ a: { items: [{ type: 'string' }] } }),
      },
      { a: ['x', 1] },
    ],
    ['draft-07, not said', object({ a: { items: [{ type: 'string' }] } }), { a: ['x', 1] }],
    ['2020-12 tuples', object({ a: { prefixItems: [{ type: 'string' }] } }), { a: ['x', 1] }],
  ])('%s', async (_name, schema, value) => {
    expect((await checkOf(schema))(value)).toBeUndefined();
  });

  test.each<[string, JsonObject, Json]>([
    ['patterns', object({ a: { type: 'string', pattern: '^z+$' } }), { a: 'y' }],
    ['draft-07 tuples', object({ a: { items: [{ type: 'string' }] } }), { a: [1] }],
    ['2020-12 tuples', object({ a: { prefixItems: [{ type: 'string' }] } }), { a: [1] }],
    ['unevaluated properties', object({ a: {} }, { unevaluatedProperties: false }), { b: 1 }],
  ])('%s are enforced', async (_name, schema, value) => {
    expect((await checkOf(schema))(value)).toEqual(expect.any(String));
  });
});

test('a pattern that backtracks without end is given up, and the model is told', async () => {
  const schema = object({ a: { type: 'string', pattern: '^(a+)+$' } });
  const compiled = await compileSchema(schema, { checkLimitMs: 20 });
  expect(compiled.kind === 'ok' && compiled.check({ a: `${'a'.repeat(60)}!` })).toMatch(
    /took longer than 0.02 s; give simpler text/,
  );
});

test('the same schema is compiled once', async () => {
  const schema = object({ once: { type: 'string' } });
  expect(compileSchema(schema)).toBe(compileSchema(structuredClone(schema)));
});
