/** The script's world, row by row: what each global does with what it is given, in the built sandbox. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import type { ScriptHost } from '../../../src/script/script-host.ts';
import { EchoWorld, runIn, startHost } from '../../support/script/script-sandbox.ts';

let host: ScriptHost;
beforeAll(() => {
  host = startHost();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

/** Runs a body that must return, and gives its value and what its world saw. */
async function returned(body: string, args?: Json, budgetTotal: number | null = null) {
  const world = new EchoWorld();
  const end = await runIn(host, body, world, args, budgetTotal);
  if (end.kind !== 'returned') throw new Error(JSON.stringify(end));
  return { value: JSON.parse(end.json), world };
}

async function threw(body: string) {
  const end = await runIn(host, body);
  if (end.kind !== 'threw') throw new Error(JSON.stringify(end));
  return end;
}

describe('agent', () => {
  test.each([
    ['undefined', 'undefined'],
    ['null', 'null'],
    ['42', '42'],
    ['true', 'true'],
    ['10n', '10'],
    ["Symbol('s')", 'Symbol(s)'],
    ['{ a: 1 }', '[object]'],
    ["['a', 'b']", '[object]'],
    ['() => 1', '[function]'],
    ["''", ''],
  ])('makes a prompt of %s', async (prompt, text) => {
    const { value, world } = await returned(`return await agent(${prompt})`);
    expect([value, world.prompts]).toEqual([`echo: ${text}`, [text]]);
  });

  test('without a prompt asks for undefined', async () => {
    expect((await returned('return await agent()')).value).toBe('echo: undefined');
  });

  test.each(['null', '5', "'text'", '[1]', '() => 1', 'undefined', 'true'])(
    'ignores options that are %s',
    async (options) => {
      const { world } = await returned(`return await agent('x', ${options})`);
      expect(world.requests).toEqual([{ prompt: 'x', options: {} }]);
    },
  );

  test('passes the options that exist, as JSON makes them', async () => {
    const { world } = await returned(
      `return await agent('x', { label: 'l', phase: 'p', schema: { type: 'object', f() {} }, model: 'haiku', effort: 'low', isolation: 'worktree', agentType: 't', stallMs: 5, private: 1 })`,
    );
    expect(world.requests[0]?.options).toEqual({
      label: 'l',
      phase: 'p',
      schema: { type: 'object' },
      model: 'haiku',
      effort: 'low',
      isolation: 'worktree',
      agentType: 't',
      stallMs: 5,
    });
  });

  test('drops an option that JSON cannot hold, and never looks at private ones', async () => {
    const { world } = await returned(
      `const self = { big: 10n }; self.self = self; await agent('x', { label: 10n, phase: self, model: () => 1, private: self, get other() { throw new Error('looked') } })`,
    );
    expect(world.requests[0]?.options).toEqual({});
  });

  test('rejects a schema that JSON cannot hold', async () => {
    const { value, world } = await returned(
      `const self = {}; self.self = self; try { await agent('x', { schema: self }) } catch (e) { return e.name }`,
    );
    expect([value, world.prompts]).toEqual(['TypeError', []]);
  });

  test('gives structured values of the realm', async () => {
    expect((await returned(`return (await agent('JSON:{"a":[1,null]}')).a`)).value).toEqual([1, null]);
  });

  test('calls arrive in the order they were made', async () => {
    const { world } = await returned(
      `agent('a'); log('b'); phase('c'); await Promise.all([agent('d'), agent('e')]); agent('f'); return 1`,
    );
    expect(world.prompts).toEqual(['a', 'd', 'e', 'f']);
  });
});

describe('parallel', () => {
  test.each([
    ['values and promises', '[() => 1, async () => 2, () => agent("JSON:3")]', [1, 2, 3]],
    ['undefined and null', '[() => undefined, () => null]', [null, null]],
    ['nothing', '[]', []],
    ['a thenable', '[() => ({ then(r) { r(7) } })]', [7]],
    ['4,096 of them', 'Array(4096).fill(() => 1)', Array(4096).fill(1)],
  ])('resolves %s', async (_name, thunks, value) => {
    expect((await returned(`return await parallel(${thunks})`)).value).toEqual(value);
  });

  test('keeps the order of its input, whoever is first', async () => {
    const body = `return await parallel([() => new Promise((r) => setTimeout(() => r('slow'), 20)), () => 'fast'])`;
    expect((await returned(body)).value).toEqual(['slow', 'fast']);
  });

  test('turns what fails into null and a log line', async () => {
    const { value, world } = await returned(
      `return await parallel([() => { throw new Error('sync') }, async () => { throw new TypeError('async') }, () => Promise.reject('text'), () => workflow('x'), () => 5, () => { throw { code: 1 } }, () => { throw undefined }])`,
    );
    expect(value).toEqual([null, null, null, null, 5, null, null]);
    // In the order in which they failed: the workflow was away.
    expect(world.logs.sort()).toEqual([
      'parallel[0] failed: sync',
      'parallel[1] failed: async',
      'parallel[2] failed: text',
      'parallel[3] failed: no workflow "x"',
      'parallel[5] failed: {"code":1}',
      'parallel[6] failed: undefined',
    ]);
  });

  test.each([
    ['promises', `[agent('x')]`, 'TypeError', /Wrap each call/],
    ['numbers', '[1]', 'TypeError', /Wrap each call/],
    ['a hole', '[() => 1, , ]', 'TypeError', /Wrap each call/],
    ['text', `'abc'`, 'TypeError', /array of functions/],
    ['nothing', '', 'TypeError', /array of functions/],
    ['an object', '{ length: 0 }', 'TypeError', /array of functions/],
    ['a function', '() => 1', 'TypeError', /array of functions/],
    ['4,097 functions', 'Array(4097).fill(() => 1)', 'Error', /at most 4096 entries, not 4097/],
  ])('refuses %s', async (_name, thunks, name, message) => {
    const { error } = await threw(`await parallel(${thunks})`);
    expect(error.name).toBe(name);
    expect(error.message).toMatch(message);
  });
});

describe('pipeline', () => {
  test.each([
    [
      'previous, item, index',
      `['a', 'b'], (p, o, i) => p + o + i, (p, o, i) => [p, o, i]`,
      [
        ['aa0', 'a', 0],
        ['bb1', 'b', 1],
      ],
    ],
    ['the item awaited as the first previous', `[Promise.resolve(1)], (p) => p + 1`, [2]],
    ['no stages', `[1, Promise.resolve(2)]`, [1, 2]],
    ['nothing', `[], (x) => x`, []],
    ['undefined goes on', `[1], () => undefined, (p) => typeof p`, ['undefined']],
    [
      'null ends the chain of its item',
      `[1, 2], (x) => (x === 1 ? null : x), (p) => 'went on ' + p`,
      [null, 'went on 2'],
    ],
    ['an item that is null is an item', `[null], (p, o) => [p, o]`, [[null, null]]],
  ])('gives a stage %s', async (_name, given, value) => {
    expect((await returned(`return await pipeline(${given})`)).value).toEqual(value);
  });

  test('items do not wait for each other', async () => {
    const { value } = await returned(
      `const order = []; const slow = new Promise((r) => setTimeout(r, 30));
      await pipeline(['slow', 'fast'], (x) => (x === 'slow' ? slow.then(() => x) : x), (x) => { order.push(x); return x }); return order`,
    );
    expect(value).toEqual(['fast', 'slow']);
  });

  test('a stage that throws ends its item with a log line', async () => {
    const { value, world } = await returned(
      `return await pipeline([1, 2, Promise.reject(new Error('item'))], (x) => { if (x === 2) throw new Error('drop2'); return x * 10 }, (x) => x + 1)`,
    );
    expect(value).toEqual([11, null, null]);
    expect(world.logs.sort()).toEqual(['pipeline[1] failed: drop2', 'pipeline[2] failed: item']);
  });

  test.each([
    ['items that are no array', `'abc', (x) => x`, 'TypeError', /array of items/],
    ['a stage that is no function', `[1], null`, 'TypeError', /stages must be functions/],
    ['stages in an array', `[1], [(x) => x]`, 'TypeError', /stages must be functions/],
    ['4,097 items', `Array(4097).fill(1), (x) => x`, 'Error', /at most 4096/],
  ])('refuses %s', async (_name, given, name, message) => {
    const { error } = await threw(`await pipeline(${given})`);
    expect(error.name).toBe(name);
    expect(error.message).toMatch(message);
  });
});

describe('what is said', () => {
  test('log shows its first value, objects by that word', async () => {
    const { world } = await returned(
      `log('text'); log({ a: 1 }); log(undefined); log(1, 2); log(null); log(); log(Symbol('s')); log(new Proxy({}, { get() { throw 1 } }))`,
    );
    const seen = ['text', '[object]', 'undefined', '1', 'null', 'undefined', 'Symbol(s)', '[object]'];
    expect(world.logs).toEqual(seen);
  });

  test('console shows all of them, objects as JSON, with a prefix for warnings and errors', async () => {
    const { world } = await returned(
      `console.log('hello', { a: 1 }, [1], 5, undefined); console.warn('w'); console.error('e', new TypeError('boo')); console.info('i'); console.debug('d');
      const self = {}; self.self = self; console.log(self, 10n)`,
    );
    const seen = [
      'hello {"a":1} [1] 5 undefined',
      '[warn] w',
      '[error] e TypeError: boo',
      'i',
      'd',
      '[object] 10',
    ];
    expect(world.logs).toEqual(seen);
  });

  test('a line of a million characters is cut, and says so', async () => {
    const { world } = await returned(`log('x'.repeat(1e6))`);
    expect(world.logs[0]).toMatch(/^x{100000} … \(900000 characters more\)$/);
  });

  test('phase takes anything', async () => {
    const { world } = await returned(`phase('A'); phase(''); phase(); phase(5); phase({})`);
    expect(world.phases).toEqual(['A', '', 'undefined', '5', '[object]']);
  });
});

describe('args', () => {
  test.each<[string, Json | undefined, Json]>([
    ['none', undefined, ['undefined', null]],
    ['an object', { a: [1] }, ['object', { a: [1] }]],
    ['null', null, ['object', null]],
    ['a number', 5, ['number', 5]],
    ['text', 'text', ['string', 'text']],
    ['an object in text', '{"a":1}', ['object', { a: 1 }]],
    ['an array in text', ' [1]', ['object', [1]]],
    ['a number in text', '5', ['string', '5']],
    ['null in text', 'null', ['string', 'null']],
    ['broken JSON in text', '{"a":', ['string', '{"a":']],
  ])('are what was passed: %s', async (_name, given, seen) => {
    expect((await returned(`return [typeof args, args ?? null]`, given)).value).toEqual(seen);
  });

  test('may be changed and replaced', async () => {
    const body = `args.push(3); const seen = args.length; args = 5; agent = () => 'mine'; globalThis.fresh = 1; return [seen, args, agent(), fresh]`;
    expect((await returned(body, [1, 2])).value).toEqual([3, 5, 'mine', 1]);
  });
});

describe('budget', () => {
  test('without a target', async () => {
    const body = `return [budget.total, budget.remaining() === Infinity, budget.spent(), Object.keys(budget)]`;
    expect((await returned(body)).value).toEqual([null, true, 0, ['total', 'spent', 'remaining']]);
  });

  test('counts with every answer and never below nothing', async () => {
    const body = `const seen = []; for (const p of 'abc') { await agent(p); seen.push([budget.spent(), budget.remaining()]) } return seen`;
    expect((await returned(body, undefined, 25)).value).toEqual([
      [10, 15],
      [20, 5],
      [30, 0],
    ]);
  });

  test('is frozen', async () => {
    expect((await threw(`budget.total = 5`)).error.name).toBe('TypeError');
  });
});

describe('setTimeout', () => {
  test('calls back with its arguments, unless cleared', async () => {
    const body = `const out = []; clearTimeout(setTimeout(() => out.push('never'), 5)); clearTimeout(); clearTimeout('x'); clearTimeout(99);
      await new Promise((r) => setTimeout((a, b) => { out.push(a + b); r() }, '20', 1, 2)); return out`;
    expect((await returned(body)).value).toEqual([3]);
  });

  test('a callback that throws is told and ends nothing', async () => {
    const { world } = await returned(
      `setTimeout(() => { throw new Error('boo') }); await new Promise((r) => setTimeout(r, 20))`,
    );
    expect(world.logs).toEqual(['[error] setTimeout callback failed: boo']);
  });
});

describe('the end', () => {
  test.each<[string, string, Json]>([
    ['nothing', ``, null],
    ['a function', `return () => 1`, null],
    [
      'what JSON makes of it',
      `return [undefined, () => 1, Symbol('x'), NaN, new Date(0), new Map([[1, 2]]), new Set([1]), new Error('x'), { u: undefined }]`,
      [null, null, null, null, '1970-01-01T00:00:00.000Z', {}, {}, {}, {}],
    ],
    ['a thenable', `return { then(r) { r(42) } }`, 42],
    ['text of every kind', `return '\\u2028 ü \\ud83d\\ude00 \\n'`, '\u2028 ü 😀 \n'],
  ])('returns %s', async (_name, body, value) => {
    expect((await returned(body)).value).toEqual(value);
  });

  test('does not wait for floating calls, rejections and timers', async () => {
    const { value, world } = await returned(
      `agent('x').then(() => log('late')); Promise.reject(new Error('floating')); setTimeout(() => log('late'), 1); return 'early'`,
    );
    expect([value, world.prompts, world.logs]).toEqual(['early', ['x'], []]);
  });

  test.each([
    ['an error', `throw new Error('boo')`, 'Error', 'boo'],
    [
      'an error of a class of its own',
      `class Mine extends Error { constructor(m) { super(m); this.name = 'Mine' } }\nthrow new Mine('boo')`,
      'Mine',
      'boo',
    ],
    ['text', `throw 'boo'`, 'Error', 'boo'],
    ['an object', `throw { code: 5 }`, 'Error', '{"code":5}'],
    ['undefined', `throw undefined`, 'Error', 'undefined'],
    ['a rejection that was awaited', `await Promise.reject(new RangeError('r'))`, 'RangeError', 'r'],
    ['an error of the engine', `null.x`, 'TypeError', "Cannot read properties of null (reading 'x')"],
    ['a name that is not there', `return meta`, 'ReferenceError', 'meta is not defined'],
  ])('fails with %s', async (_name, body, name, message) => {
    expect((await threw(body)).error).toMatchObject({ name, message });
  });

  test('a stack has the lines of the author and only those', async () => {
    const body = [
      'function inner() { null.x }',
      'class A { go() { inner() } }',
      'async function f() { await agent("x"); new A().go() }',
      'await Promise.all([f()])',
    ].join('\n');
    expect((await threw(body)).error.stack?.split('\n')).toEqual(
      [
        "TypeError: Cannot read properties of null (reading 'x')",
        '    at inner (probe.js:2:25)',
        '    at A.go (probe.js:3:18)',
        '    at f (probe.js:4:48)',
        '    at async Promise.all (index 0)',
        '    at async probe.js:5:1',
      ].filter((line) => !line.includes('Promise.all')),
    );
  });

  test('an error of the outside names the line that waited for it', async () => {
    const { error } = await threw(`async function f() {\n  await workflow('x')\n}\nawait f()`);
    expect(error.name).toBe('TypeError');
    expect(error.stack?.split('\n').slice(1)).toEqual([
      '    at async f (probe.js:3:3)',
      '    at async probe.js:5:1',
    ]);
  });

  test.each([
    ['let through', `await agent('CAP')`, true],
    ['caught and thrown again', `try { await agent('CAP') } catch (e) { throw e }`, true],
    ['out of Promise.all', `await Promise.all([agent('x'), agent('CAP')])`, true],
    [
      'wrapped in another',
      `try { await agent('CAP') } catch (e) { throw new Error('mine', { cause: e }) }`,
      false,
    ],
    ['imitated', `throw new Error('no more agents')`, false],
  ])('a cap error %s', async (_name, body, cap) => {
    expect((await threw(body)).cap).toBe(cap);
  });

  test('a cap error that parallel took is the script’s business', async () => {
    const { value, world } = await returned(`return await parallel([() => agent('CAP')])`);
    expect(world.swallowedCaps).toBe(1);
    expect([value, world.logs]).toEqual([[null], ['parallel[0] failed: no more agents']]);
  });
});

describe('the language', () => {
  test('URL and URLSearchParams', async () => {
    const body = `const u = new URL('../b?x=1#h', 'https://user:pw@example.com:8080/a/c'); u.searchParams.append('z', '1 2');
      let bad; try { new URL('nope') } catch (e) { bad = e.name }
      return [u.href, u.host, [...u.searchParams], URL.canParse('nope'), String(new URLSearchParams({ a: 'ü' })), JSON.stringify({ u }), bad]`;
    const href = 'https://user:pw@example.com:8080/b?x=1&z=1+2#h';
    expect((await returned(body)).value).toEqual([
      href,
      'example.com:8080',
      [
        ['x', '1'],
        ['z', '1 2'],
      ],
      false,
      'a=%C3%BC',
      JSON.stringify({ u: href }),
      'TypeError',
    ]);
  });

  test('what engines of Node 20 lack is there', async () => {
    const body = `return [await Array.fromAsync([1, Promise.resolve(2)]), Iterator.from([1, 2, 3]).map((x) => x * 2).filter((x) => x > 2).take(5).toArray(), (function* () { yield 1; yield 2 })().drop(1).toArray(),
      Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'o' : 'e')), [...Map.groupBy([1, 2], (x) => x > 1)], await Promise.try(() => 5), typeof Promise.withResolvers().resolve,
      [...new Set([1, 2]).union(new Set([3]))], new Set([1]).isSubsetOf(new Set([1, 2])), RegExp.escape('a.b')]`;
    expect((await returned(body)).value).toEqual([
      [1, 2],
      [4, 6],
      [2],
      { o: [1, 3], e: [2] },
      [
        [false, [1]],
        [true, [2]],
      ],
      5,
      'function',
      [1, 2, 3],
      true,
      '\\x61\\.b',
    ]);
  });

  test('frozen built-ins let a script shadow what it inherits', async () => {
    const body = `class Mine extends Error { constructor(m) { super(m); this.name = 'Mine'; this.message += '!' } toString() { return 'mine' } }
      const e = new Mine('m'), o = {}; o.toString = () => 'own'; o.constructor = 1; o.valueOf = () => 2;
      function Old() {} Old.prototype = Object.create(Map.prototype); Old.prototype.constructor = Old;
      const f = () => 1; f.toString = () => 'f';
      return [e.name, e.message, String(e), Object.keys(e), String(o), o + 1, Object.keys(o), new Old().constructor === Old, String(f), e instanceof Error]`;
    expect((await returned(body)).value).toEqual([
      'Mine',
      'm!',
      'mine',
      ['name'],
      'own',
      3,
      ['toString', 'constructor', 'valueOf'],
      true,
      'f',
      true,
    ]);
  });

  test('__proto__ is the language’s own', async () => {
    const body = `const o = {}; o.__proto__ = { q: 1 }; return [o.q, ({}).__proto__ === Object.prototype, { __proto__: { z: 2 } }.z, 'x'.__proto__ === String.prototype]`;
    expect((await returned(body)).value).toEqual([1, true, 2, true]);
  });

  test('strict mode, and this is an object at the top', async () => {
    expect(
      (await returned(`return [typeof this, (function () { return this === undefined })()]`)).value,
    ).toEqual(['object', true]);
  });

  /** Every name of the language a script can reach; the same file for every Node, so that a run means the same on each. */
  test('is the same on every Node', async () => {
    const body = `const seen = new Set(), names = [];
      const visit = (value, path) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
        seen.add(value);
        for (const key of Reflect.ownKeys(value)) {
          const isOfFunctions = ['length', 'name', 'arguments', 'caller'].includes(key);
          // A polyfill is an ordinary function and has a prototype, a built-in method has none.
          const isOfPolyfills = key === 'prototype' && /\\.[a-z]\\w*$/.test(path);
          if (typeof value === 'function' && (isOfFunctions || isOfPolyfills)) continue;
          const at = path + '.' + String(key);
          names.push(at);
          const d = Reflect.getOwnPropertyDescriptor(value, key);
          visit(d.value, at);
        }
        visit(Object.getPrototypeOf(value), path + '.__proto__');
      };
      visit(globalThis, 'globalThis');
      for (const [at, value] of Object.entries({ generator: (function* () {})(), asyncFunction: async () => {}, asyncGenerator: (async function* () {})(), arrayIterator: [].values(), mapIterator: new Map().entries(), setIterator: new Set().entries(), stringIterator: ''[Symbol.iterator]() })) visit(value, at);
      return names.sort().join('\\n') + '\\n'`;
    await expect((await returned(body)).value).toMatchFileSnapshot('./language-of-scripts.txt');
  });
});
