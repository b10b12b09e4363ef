/** The sentence form of the wall, and the JSON that goes over it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWallJson } from '../../../src/script/wall-json.ts';
import { readWallLine, wallLine } from '../../../src/script/wall-line.ts';

describe('a line', () => {
  test('is read as it was written', () => {
    const natural = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(natural, natural, fc.json(), (scope, id, payload) => {
        const line = wallLine('agent', scope, id, payload).slice(0, -1);
        expect(readWallLine(line)).toEqual({ kind: 'agent', scope, id, payload });
      }),
    );
  });

  test.each([
    '',
    'agent',
    'agent 1 2',
    'agent 1 x {}',
    'agent -1 2 {}',
    'Agent 1 2 {}',
    ' agent 1 2 {}',
    'agent  1 2 {}',
    'agent 1 1e9 {}',
    `agent ${'9'.repeat(16)} 1 {}`,
    '__proto__ 1 2 {}',
  ])('is not %j', (line) => {
    expect(readWallLine(line)).toBeUndefined();
  });
});

describe('JSON', () => {
  test.each([
    ['at the top', '{"a":1,"__proto__":{"x":1}}', { a: 1 }],
    ['inside', '{"a":[{"__proto__":null,"b":2}]}', { a: [{ b: 2 }] }],
    ['spelt with escapes', '{"\\u005f_proto__":1,"_\\u005Fproto__":2,"c":3}', { c: 3 }],
  ])('loses a key __proto__ %s', (_name, text, value) => {
    const parsed = parseWallJson(text);
    expect(parsed).toEqual(value);
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(value));
  });

  test('keeps __proto__ as a value', () => {
    expect(parseWallJson('["__proto__"]')).toEqual(['__proto__']);
  });

  test('is otherwise what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        expect(JSON.stringify(parseWallJson(text))).toBe(text);
      }),
    );
  });
});
