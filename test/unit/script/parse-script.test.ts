/** The gate, row by row: what is refused, where it points, and that the text V8 will compile keeps every line and column. */
import { parse } from 'acorn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScript, ScriptRefused } from '../../../src/script/parse-script.ts';
import { ScriptParser } from '../../../src/script/script-parser.ts';

const META = `export const meta = { name: 'a', description: 'b' }`;

function refusal(text: string): ScriptRefused {
  try {
    parseScript(text, 'audit.js');
  } catch (error) {
    if (error instanceof ScriptRefused) return error;
    throw error;
  }
  throw new Error(`not refused: ${text}`);
}

describe('meta', () => {
  test.each([
    ['plain', `{ name: 'a', description: 'b' }`, {}],
    ['quoted keys', `{ "name": 'a', 'description': "b" }`, {}],
    ['templates without ${}', '{ name: `a`, description: `b` }', {}],
    ['a name with escapes', `{ name: '\\u0061', description: 'b' }`, {}],
    [
      'unknown fields of every literal kind',
      `{ name: 'a', description: 'b', x: [-1, 1.5, true, null, { y: [] }] }`,
      {},
    ],
    ['whenToUse', `{ name: 'a', description: 'b', whenToUse: 'often' }`, { whenToUse: 'often' }],
    ['a whenToUse that is no text', `{ name: 'a', description: 'b', whenToUse: 5 }`, {}],
    ['phases that are no list', `{ name: 'a', description: 'b', phases: 'A' }`, {}],
    [
      'phases, of which some are none',
      `{ name: 'a', description: 'b', phases: [{ title: 'P' }, 'x', { title: 5 }, null, { title: 'Q', detail: 'd', model: 'haiku', n: 1 }] }`,
      {
        phases: [
          { title: 'P', detail: undefined, model: undefined },
          { title: 'Q', detail: 'd', model: 'haiku' },
        ],
      },
    ],
  ])('reads %s', (_name, literal, more) => {
    expect(parseScript(`export const meta = ${literal}`, 'x.js').meta).toEqual({
      name: 'a',
      description: 'b',
      whenToUse: undefined,
      phases: [],
      ...more,
    });
  });

  test.each([
    ['comments before it', `// one\n/* two */ ${META}`],
    ['a hashbang before it', `#!/usr/bin/env node\n${META}`],
    ['CRLF', `// one\r\n${META}\r\nreturn 1\r\n`],
    ['a byte order mark', `\ufeff${META}`],
    ['a semicolon and code on its line', `${META}; return 1`],
    ['odd spacing', `export\nconst\nmeta\n=\n{ name: 'a',\ndescription: 'b' }\n;return 1`],
  ])('accepts %s', (_name, text) => {
    expect(parseScript(text, 'x.js').meta.name).toBe('a');
  });

  test.each([
    ['none', `return 1`, 1, 1, 'must be the first statement'],
    ['something before it', `\n  const x = 1\n${META}`, 2, 3, 'must be the first statement'],
    ["'use strict' before it", `'use strict'\n${META}`, 1, 1, 'must be the first statement'],
    ['an empty statement before it', `;${META}`, 1, 1, 'must be the first statement'],
    ['let', `export let meta = {}`, 1, 1, 'must be the first statement'],
    ['no export', `const meta = {}`, 1, 1, 'must be the first statement'],
    ['a default export', `export default {}`, 1, 1, 'must be the first statement'],
    ['another name', `export const metadata = {}`, 1, 1, 'must be the first statement'],
    ['a type annotation', `export const meta: Meta = {}`, 1, 18, 'TypeScript annotation'],
    ['as const', `${META} as const`, 1, 53, 'unexpected text after meta'],
    ['code on its line without a semicolon', `${META} return 1`, 1, 53, 'unexpected text after meta'],
    ['a broken literal', `export const meta = { name: }`, 1, 29, 'Unexpected token'],
    ['no object', `export const meta = 5`, 1, 21, 'meta must be an object'],
    [
      'no name',
      `export const meta = { description: 'b' }`,
      1,
      21,
      'meta.name must be a non-empty string; it is missing',
    ],
    [
      'an empty name',
      `export const meta = { name: '', description: 'b' }`,
      1,
      21,
      'non-empty string; it is ""',
    ],
    ['a name that is no text', `export const meta = { name: 5, description: 'b' }`, 1, 21, 'it is 5'],
    [
      'no description',
      `export const meta = { name: 'a' }`,
      1,
      21,
      'meta.description must be a non-empty string',
    ],
  ])('refuses %s', (_name, text, line, column, message) => {
    const error = refusal(text);
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
    expect(error.message).toContain(message);
    expect(error.message).toContain(`(audit.js:${line}:${column})`);
  });

  test.each([
    ['a call', `slug('x')`, '`v` is a call expression'],
    ['a variable', `x`, '`v` is the variable x'],
    ['a sum', `1 + 1`, '`v` is a computed value (BinaryExpression)'],
    ['a choice', `true ? 1 : 2`, '`v` is a computed value (ConditionalExpression)'],
    ['a negated text', `-'a'`, '`v` is a computed value (`-`)'],
    ['not', `!0`, '`v` is a computed value (`!`)'],
    ['undefined', `undefined`, '`v` is the variable undefined'],
    ['an arrow', `() => 1`, '`v` is a function'],
    ['a function', `function () {}`, '`v` is a function'],
    ['a class', `class {}`, '`v` is no literal (ClassExpression)'],
    ['new', `new Map()`, '`v` is no literal (NewExpression)'],
    ['a regular expression', `/a/`, '`v` is a regular expression'],
    ['a BigInt', `1n`, '`v` is a BigInt'],
    ['a template with ${}', '`a${1}`', '`v` is a template with ${}'],
    ['a tagged template', 'String.raw`a`', '`v` is no literal (TaggedTemplateExpression)'],
    ['a spread in a list', `[...x]`, '`v`[0] is a spread'],
    ['a hole in a list', `[1, , 2]`, '`v`[1] is left out'],
    ['a spread in an object', `{ ...x }`, '`v` has a spread'],
    ['a computed key', `{ [x]: 1 }`, '`v` has a computed key'],
    ['a short key', `{ x }`, '`x` is the variable x'],
    ['a method', `{ m() {} }`, '`m` is a method or accessor'],
    ['a getter', `{ get m() { return 1 } }`, '`m` is a method or accessor'],
    ['__proto__', `{ __proto__: null }`, '`v` has the key `__proto__`'],
    ['quoted __proto__', `{ '__proto__': null }`, '`v` has the key `__proto__`'],
    ['escaped __proto__', `{ '\\x5f_proto__': null }`, '`v` has the key `__proto__`'],
    ['constructor', `{ constructor: 1 }`, '`v` has the key `constructor`'],
    ['prototype', `{ prototype: 1 }`, '`v` has the key `prototype`'],
  ])('is no literal: %s', (_name, expression, message) => {
    const error = refusal(`export const meta = { name: 'a', description: 'b', v: ${expression} }`);
    expect(error.message).toContain(`meta must be a pure literal: ${message} (audit.js:1:`);
  });

  test('a next line that continues it is told how to end it', () => {
    expect(refusal(`${META}\n[1].map((x) => x)`).message).toContain(
      'end the meta statement with a semicolon',
    );
  });

  test('a literal nested beyond any stack is refused, not a crash', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(refusal(`export const meta = { name: 'a', description: 'b', v: ${deep} }`).message).toContain(
      'too deeply',
    );
  });
});

describe('body', () => {
  test.each([
    ['a missing value', `const a = ;`, 2, 11, 'Unexpected token'],
    ['a type', `const a: string[] = []`, 2, 8, 'Unexpected token'],
    ['an interface', `interface A {}`, 2, 1, 'reserved'],
    ['an enum', `enum A {}`, 2, 1, 'reserved'],
    ['a bracket too many', `foo()\n}\nbar()`, 3, 1, 'Unexpected token'],
    ['a bracket too few', `if (1) {\n  foo(`, 3, 7, 'Unexpected token'],
    ['an open comment', `foo() /* bar`, 2, 7, 'Unterminated comment'],
    ['an open template', 'foo(`bar', 2, 6, 'Unterminated template'],
    ['an open text', `foo('bar\n`, 2, 5, 'Unterminated string'],
    ['an import', `import fs from 'fs'`, 2, 1, '`import` and `export` are not available'],
    ['an export', `export const x = 1`, 2, 1, '`import` and `export` are not available'],
    ['import.meta', `return import.meta`, 2, 8, '`import` and `export` are not available'],
    ['import()', `const f = () => import('fs')`, 2, 17, '`import()` is not available'],
    ['import() after CRLF', `foo()\r\nimport('fs')`, 3, 1, '`import()` is not available'],
    ['import() after U+2028', `// foo\u2028import('fs')`, 3, 1, '`import()` is not available'],
    ['an HTML comment', `a <!--b`, 2, 3, 'HTML-like comments'],
    ['the end of an HTML comment', `--> a`, 2, 1, 'HTML-like comments'],
    ['with', `with (a) {}`, 2, 1, "'with' in strict mode"],
    ['an octal', `return 010`, 2, 8, 'Invalid number'],
    ['a wrapper closed early', `})(); process.exit(); (async()=>{`, 2, 1, 'Unexpected token'],
    ['a wrapper closed early and not called', `}); process.exit(7); (() => {`, 2, 1, 'Unexpected token'],
    ['a wrapper closed early and followed by a comma', `}, async () => {`, 2, 1, 'Unexpected token'],
    ['a wrapper closed early and followed by an operator', `}) || (() => {`, 2, 1, 'Unexpected token'],
    ['a wrapper closed early and tagged', '})``; (() => {', 2, 1, 'Unexpected token'],
    ['a wrapper closed early on the line of a bracket', `{}})(); ({`, 2, 3, 'Unexpected token'],
    ['yield', `yield 1`, 2, 1, 'yield'],
    ['super', `super.x`, 2, 1, 'super'],
    ['new.target', `new.target`, 2, 1, 'new.target'],
    ['await as a name', `const await = 1`, 2, 7, 'await'],
    ['a name twice', `const a = 1\nlet a`, 3, 5, 'already been declared'],
    ['Date.now()', `const t =\n  Date.now()`, 3, 3, '`Date.now()` is not available'],
    ['new Date()', `new Date()`, 2, 1, '`new Date()` is not available'],
    ['Math.random()', `x(Math.random())`, 2, 3, '`Math.random()` is not available'],
    ['Date()', `Date()`, 2, 1, '`Date()` is not available'],
    ['a newer regular expression than Node 20 knows', `return /(?i:a)/`, 2, 9, 'Invalid regular expression'],
    ['a declaration newer than Node 20', `using x = y`, 2, 7, 'Unexpected token'],
  ])('refuses %s', (_name, body, line, column, message) => {
    const error = refusal(`${META}\n${body}`);
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
    expect(error.message).toContain(message);
  });

  test.each([
    ['a name that only looks like the clock', `const Date = { now: () => 1 }; return Date.now()`],
    ['a parameter of that name', `return ((Math) => Math.random())({ random: () => 1 })`],
    ['the clock in a text and a comment', `return 'Date.now()' // Math.random() new Date()`],
    ['a date that is given', `return new Date(5)`],
    ['import in a text', `return await agent('use import("x") and <!-- and -->')`],
    ['import as a name of a property', `return { import: 1 }.import`],
    ['top-level await and return', `if (await agent('x')) return 1`],
    ['for await', `for await (const x of []) x`],
    ['a regular expression with brackets', `return /[})]/.test('})')`],
    ['a comment on the last line', `return 1 // the end`],
    ['await as a name in a function', `function f(a) { return a }`],
    ['nothing at all', ``],
  ])('accepts %s', (_name, body) => {
    expect(parseScript(`${META}\n${body}`, 'x.js').code).toContain(body);
  });

  test('the frame shows the line and points at the place', () => {
    expect(refusal(`${META}\n\tconst x = ;`).message).toBe(
      [
        'Unexpected token (audit.js:2:12)',
        '  \tconst x = ;',
        '  \t          ^ a workflow script is plain JavaScript: no TypeScript annotations; check quotes and brackets',
      ].join('\n'),
    );
  });

  test('a minified line is shown around the place', () => {
    const [, line = '', caret = ''] = refusal(`${META}\n${'a();'.repeat(1000)}const x = ;`).message.split(
      '\n',
    );
    expect(line.length).toBeLessThan(110);
    expect(line[caret.indexOf('^')]).toBe(';');
  });

  test('code nested beyond any stack is refused, not a crash', () => {
    expect(refusal(`${META}\n${'['.repeat(100_000)}`).message).toContain('too deeply');
  });

  test('the parser leaves an overflow of the stack as it is: matched where it happens, it may end the process', () => {
    expect(() => ScriptParser.parse('while(a){'.repeat(50_000), { ecmaVersion: 2024 })).toThrow(RangeError);
  });

  test('a list of data longer than the stack is read', () => {
    expect(parseScript(`${META}\nreturn [${'1,'.repeat(150_000)}]`, 'x.js').meta.name).toBe('a');
  });
});

describe('the text V8 compiles', () => {
  test.each([
    ['on one line', `${META}; return 1`],
    ['on many lines', `// c\nexport const meta = {\n  name: 'a',\r\n  description: 'b',\u2028}\nreturn 1`],
    ['in pieces', `export\nconst\nmeta = { name: 'a', description: 'b' }; return 1`],
    ['with a template over lines', 'export const meta = { name: `a\nb`, description: `c` }; return 1'],
  ])('keeps lines and columns of the body when meta is %s', (_name, text) => {
    const { code } = parseScript(text, 'x.js');
    const at = (source: string) => {
      const lines = source.slice(0, source.indexOf('return')).split(/\r\n?|\n|\u2028|\u2029/);
      return [lines.length, lines.at(-1)?.length];
    };
    expect(at(code)).toEqual(at(text));
    expect(code).not.toContain('name:');
  });

  test('is one function and nothing else, whatever the body', () => {
    const piece = fc.constantFrom(
      '})',
      '({',
      '(',
      ')',
      '{',
      '}',
      '=>',
      '/*',
      '*/',
      '`',
      '${',
      "'",
      '\n',
      '//',
      '<!--',
      '-->',
      'a',
      ';',
      ',',
      '()',
      'async',
      'return ',
      '/',
      '\u2028',
      '\\',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    // Half of them close a bracket first and open one last, as a break-out must.
    const breakOut = fc.tuple(
      fc.constantFrom('})', '}', '}))'),
      text,
      fc.constantFrom('({', '{', '(()=>{', '(async()=>{'),
    );
    const bodies = fc.oneof(
      text,
      breakOut.map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        let code: string;
        try {
          code = parseScript(`${META}\n${body}`, 'x.js').code;
        } catch (error) {
          expect(error).toBeInstanceOf(ScriptRefused);
          return;
        }
        const program = parse(code, { ecmaVersion: 2024, sourceType: 'script' });
        expect(program.body.map(({ type, start, end }) => [type, start, end])).toEqual([
          ['ExpressionStatement', 0, code.length],
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});
