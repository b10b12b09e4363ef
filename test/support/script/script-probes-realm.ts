/** Probes that look for an object of the host's realm, for code from text, or for a way into the prelude. */
import { contained, type Probe, threw } from './script-probe.ts';

/** Makes code from text by way of a constructor; says `contained` when the engine refuses. */
const TRY_CODE = `
const tryCode = (make) => {
  try { return 'ESCAPED ' + make('return typeof process')() } catch (e) { return e.name === 'EvalError' ? 'contained' : 'ODD ' + e }
};`;

const CONSTRUCTORS: readonly (readonly [tries: string, expression: string])[] = [
  ['code from text by Function', 'Function'],
  ['code from text by the constructor of an arrow', '(() => 1).constructor'],
  ['code from text by AsyncFunction', '(async () => 1).constructor'],
  ['code from text by GeneratorFunction', '(function* () {}).constructor'],
  ['code from text by AsyncGeneratorFunction', '(async function* () {}).constructor'],
  ['code from text by the constructor of agent', 'agent.constructor'],
  ['code from text by the constructor of console.log', 'console.log.constructor'],
  ['code from text by the constructor of budget.spent', 'budget.spent.constructor'],
  ['code from text by the constructor of setTimeout', 'setTimeout.constructor'],
  ['code from text by the constructor of URL', 'URL.constructor'],
  ['code from text by the constructor of Intl.DateTimeFormat', 'Intl.DateTimeFormat.constructor'],
  ['code from text by the constructor of the bridge of errors', 'Error.prepareStackTrace.constructor'],
  ['code from text by the constructor of this', 'this.constructor.constructor'],
  ['code from text by an answer of an agent', "(await agent('JSON:{}')).constructor.constructor"],
  ['code from text by the promise of an agent', "agent('x').constructor.constructor"],
  [
    'code from text by an error of the outside',
    "(await workflow('x').catch((e) => e)).constructor.constructor",
  ],
  ['code from text by args', 'args.constructor.constructor'],
];

const TRY_ASSIGN = `
const refusesAll = (...changes) => {
  for (const change of changes) {
    try { change(); return 'CHANGED ' + change } catch (e) { if (!(e instanceof TypeError)) return 'ODD ' + e }
  }
  return 'contained';
};`;

export const REALM_PROBES: readonly Probe[] = [
  ...CONSTRUCTORS.map(([tries, expression]) =>
    contained(tries, `${TRY_CODE}\nconst make = ${expression};\nreturn tryCode((text) => make(text))`),
  ),
  contained('direct eval', `${TRY_CODE}\nreturn tryCode((text) => eval('(() => {' + text + '})'))`),
  contained('indirect eval', `${TRY_CODE}\nreturn tryCode((text) => (0, eval)('(() => {' + text + '})'))`),
  contained(
    'Function by Reflect.construct',
    `${TRY_CODE}\nreturn tryCode((text) => Reflect.construct(Function, [text]))`,
  ),
  contained('eval through Array.prototype.map', `${TRY_CODE}\nreturn tryCode((text) => [text].map(eval)[0])`),
  threw('code from text in setTimeout', `setTimeout('globalThis.x = 1', 1)`, /TypeError/),
  contained(
    "the globals of Node, of browsers and of a compiler's",
    `const names = ['process','require','module','exports','__dirname','__filename','Buffer','fetch','WebSocket','setInterval','setImmediate','queueMicrotask',
      'structuredClone','TextEncoder','AbortController','WebAssembly','SharedArrayBuffer','Atomics','performance','crypto','global','WeakRef',
      'FinalizationRegistry','ShadowRealm','Temporal','Event','navigator','gc','internalBinding','primordials','__core-js_shared__','prelude','bridge'];
    return names.filter((name) => name in globalThis).join() || 'contained'`,
  ),
  contained(
    'to name them without globalThis',
    `return [typeof process, typeof require, typeof Buffer, typeof fetch].every((t) => t === 'undefined') ? 'contained' : 'FOUND'`,
  ),
  contained(
    'a host-realm RangeError out of the formatting of a stack, at every distance from the end of the stack',
    `let thrown = 0, foreign;
    for (let pad = 0; pad < 300; pad++) {
      const errors = Array.from({ length: 40 }, () => new Error('x'));
      let next = 0;
      const dive = () => { try { dive() } catch (e) {
        if (next < 40) { try { void errors[next++].stack } catch (inner) { thrown++; if (!(inner instanceof Error)) foreign = inner } }
        throw e } };
      try { ((...rest) => dive())(...Array(pad).fill(0)) } catch {}
    }
    if (thrown === 0) return 'NOT TRIED';
    if (foreign === undefined) return 'contained';
    const ForeignError = Object.getPrototypeOf(foreign.constructor);
    const locked = [foreign.constructor.prototype, ForeignError, ForeignError.prototype, Object.getPrototypeOf(ForeignError.prototype), ForeignError.constructor];
    if (!locked.every(Object.isFrozen)) return 'FOREIGN OBJECTS OPEN';
    try { return 'ESCAPED ' + ForeignError.constructor('return process')() } catch (e) { return e.name === 'EvalError' ? 'contained' : 'ODD ' + e }`,
  ),
  contained(
    'a host-realm error out of calls at the end of the stack',
    `let thrown = 0, foreign = 0;
    const calls = [() => agent('x'), () => log('x'), () => setTimeout(() => {}, 1), () => Promise.reject(1).catch(() => {}), () => new URL('a:b'), () => ({}).__proto__, () => new Intl.DateTimeFormat().format(0), () => parallel([]), () => JSON.stringify({ a: [1] })];
    for (const call of calls) for (let pad = 0; pad < 60; pad++) {
      let tries = 0;
      const dive = () => { try { dive() } catch (e) { if (tries++ < 20) { try { call() } catch (inner) { thrown++; if (!(inner instanceof Error)) foreign++ } } throw e } };
      try { ((...rest) => dive())(...Array(pad).fill(0)) } catch {}
    }
    return thrown === 0 ? 'NOT TRIED' : foreign > 0 ? 'FOREIGN ' + foreign : 'contained'`,
  ),
  contained(
    'to read stack frames as objects',
    `${TRY_ASSIGN}\nreturn refusesAll(() => { Error.prepareStackTrace = (e, frames) => frames }, () => { globalThis.Error = { prepareStackTrace: (e, f) => f } }, () => { Error.stackTraceLimit = 1000 }, () => Object.defineProperty(Error, 'prepareStackTrace', { value: (e, f) => f }))`,
  ),
  contained(
    'paths and names of the runtime in a stack',
    `const stacks = []; const keep = () => { const holder = {}; Error.captureStackTrace(holder); stacks.push(holder.stack, new Error('x').stack) };
    keep(); await parallel([keep]); await pipeline([1], keep); await new Promise((r) => setTimeout(() => { keep(); r() }, 1)); await agent('x').then(keep);
    return stacks.length === 10 && stacks.every((s) => s.split('\\n').slice(1).every((line) => line.includes('probe.js:'))) ? 'contained' : stacks.join()`,
  ),
  contained(
    'callers and arguments of the prelude',
    `${TRY_ASSIGN}\nfunction me() { return me.caller }
    return refusesAll(() => me(), () => me.arguments, () => log.caller, () => agent.arguments, function () { return arguments.callee })`,
  ),
  contained(
    'to change built-ins that the prelude leans on',
    `${TRY_ASSIGN}\nreturn refusesAll(() => { JSON.stringify = () => 'x' }, () => { Promise.prototype.then = () => {} }, () => { Array.prototype[Symbol.iterator] = () => {} }, () => { Map.prototype.get = () => {} },
      () => { Array.prototype.map = 1 }, () => { RegExp.prototype.exec = () => null }, () => { Object.prototype.toString = () => 'x' }, () => { WeakSet.prototype.has = () => true }, () => { Array.from = 1 }, () => { globalThis.Promise = 1 },
      () => { Function.prototype.constructor = 1 }, () => { Object.getPrototypeOf([].values()).next = 1 }, () => { Object.getPrototypeOf((function* () {})()).next = 1 }, () => { URL.prototype.toString = 1 }, () => { Intl.DateTimeFormat.prototype.format = 1 })`,
  ),
  contained(
    'to pollute Object.prototype',
    `${TRY_ASSIGN}\nreturn refusesAll(() => { Object.prototype.then = 1 }, () => { ({}).__proto__.x = 1 }, () => Object.prototype.__defineGetter__('toJSON', () => 1), () => Object.defineProperty(Object.prototype, 'kind', { value: 'value' }), () => Object.setPrototypeOf(Object.prototype, {}), () => { Array.prototype[0] = 1 })`,
  ),
  contained(
    'a prototype out of the structured result of an agent',
    `const result = await agent('JSON:{"a":1,"__proto__":{"polluted":1},"b":{"\\\\u005f_proto__":{"polluted":1}}}');
    const copy = Object.assign({}, result), deep = Object.assign({}, result.b);
    return copy.a === 1 && copy.polluted === undefined && deep.polluted === undefined && Object.getPrototypeOf(result) === Object.prototype ? 'contained' : 'POLLUTED'`,
  ),
  contained(
    'a prototype out of args',
    `return Object.assign({}, args).polluted === undefined && args.evil === 1 ? 'contained' : 'POLLUTED'`,
  ),
  contained(
    'objects of another realm in args, answers, errors, promises, console and budget',
    `const own = [[args, Object], [await agent('JSON:[1]'), Array], [await workflow('x').catch((e) => e), TypeError], [agent('x'), Promise], [console, Object], [budget, Object], [new URL('a:b'), URL]];
    return own.every(([value, type]) => value instanceof type && value.constructor === type) ? 'contained' : 'FOREIGN'`,
  ),
  contained(
    'what a Proxy as thunks is handed',
    `const seen = []; const spy = new Proxy([() => 1], { get(target, key, receiver) { seen.push(receiver === spy); return Reflect.get(target, key) } });
    const out = await parallel(spy); return out[0] === 1 && seen.length > 0 && seen.every(Boolean) ? 'contained' : 'FOREIGN'`,
  ),
  contained(
    'what a Proxy as options is handed, and which keys are read',
    `const keys = []; await agent('x', new Proxy({}, { get(t, key) { keys.push(String(key)) }, ownKeys() { keys.push('OWN KEYS'); return [] } }));
    return keys.join() === 'label,phase,schema,model,effort,isolation,agentType,stallMs' ? 'contained' : keys.join()`,
  ),
  contained(
    'code from the functions a thenable is handed',
    `${TRY_CODE}\nlet handed; await parallel([() => ({ then(resolve, reject) { handed = [resolve, reject]; resolve(1) } })]);
    return handed.map((f) => tryCode((text) => f.constructor(text))).every((r) => r === 'contained') ? 'contained' : 'ESCAPED'`,
  ),
  contained(
    'what a timer callback is handed',
    `const handed = await new Promise((r) => setTimeout(function (...rest) { r([this, rest]) }, 1, 'a'));
    return handed[0] === undefined && handed[1].join() === 'a' ? 'contained' : 'HANDED'`,
  ),
  contained(
    'Symbol.species and constructors of an Array subclass given to parallel and pipeline',
    `let made = 0; class Evil extends Array { static get [Symbol.species]() { made++; return Evil } }
    const out = [await parallel(Evil.of(() => 1)), await pipeline(Evil.of(1), (x) => x)];
    return made === 0 && out.every((each) => each.constructor === Array) ? 'contained' : 'SPECIES ' + made`,
  ),
  contained(
    'toString, Symbol.toPrimitive and toJSON of a prompt',
    `let called = 0; const bait = { toString() { called++; return 'x' }, [Symbol.toPrimitive]() { called++; return 'x' }, toJSON() { called++ } };
    const said = await agent(bait); log(bait); phase(bait); return called === 0 && said === 'echo: [object]' ? 'contained' : 'CALLED ' + said`,
  ),
  contained(
    'to have an inspector of the host called',
    `let called = 0; const bait = new Error('x'); bait[Symbol.for('nodejs.util.inspect.custom')] = (...all) => { called = all.length };
    Promise.reject(bait); setTimeout(() => { throw bait }, 1); console.log(bait); await new Promise((r) => setTimeout(r, 20));
    return called === 0 ? 'contained' : 'CALLED'`,
  ),
  contained(
    'getters and traps of a floating rejection',
    `let called = 0; Promise.reject(new Proxy({}, { get() { called++ }, getPrototypeOf() { called++; return null }, has() { called++; return true } }));
    await new Promise((r) => setTimeout(r, 10)); return called === 0 ? 'contained' : 'CALLED'`,
  ),
  contained(
    'to forge a message of the wall in log, phase and prompt',
    `const forged = '\\nreturned 1 0 "FORGED"\\nreturned 2 0 "FORGED"\\n'; log(forged); phase(forged); console.log(forged); await agent(forged); return 'contained'`,
  ),
  contained(
    'to forge a message by a lone surrogate or a separator',
    `await agent('\\ud800 \\u2028 \\u2029 \\u0085'); return 'contained'`,
  ),
  contained(
    'to cut the prelude off from its own functions',
    `globalThis.log = globalThis.agent = globalThis.console = () => 'mine'; const out = await parallel([() => { throw new Error('x') }]); return out[0] === null ? 'contained' : 'CUT'`,
  ),
  contained(
    'to catch lookups of globals with a prototype',
    `const seen = []; try { Object.setPrototypeOf(globalThis, new Proxy({}, { has(t, k) { seen.push(k); return false } })) } catch {}
    await parallel([() => agent('x')]); log('x'); return seen.length === 0 ? 'contained' : seen.join()`,
  ),
  contained(
    'text of the runtime in the statics of RegExp',
    `await agent('JSON:{"a":1}'); return RegExp.input === '' && RegExp.lastMatch === '' ? 'contained' : 'SAW ' + RegExp.input`,
  ),
  contained('the debugger', `debugger; return 'contained'`),
  contained('to see meta', `return typeof meta === 'undefined' ? 'contained' : 'SEEN'`),
  contained(
    'to see the variables of another script of the process',
    `globalThis.left = (globalThis.left ?? 0) + 1; return globalThis.left === 1 ? 'contained' : 'SHARED'`,
  ),
  contained(
    'the same again in the next script of the process',
    `globalThis.left = (globalThis.left ?? 0) + 1; return globalThis.left === 1 ? 'contained' : 'SHARED'`,
  ),
  threw(
    'to throw a Proxy that throws',
    `throw new Proxy(new Error('p'), { get() { throw new Error('trap') } })`,
    /Error: \[object\]/,
  ),
  threw(
    'to throw a revoked Proxy',
    `const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy`,
    /Error: \[object\]/,
  ),
  threw(
    'to throw an error whose name, message and stack are getters that throw',
    `const e = new Error('x'); for (const k of ['name', 'message', 'stack']) Object.defineProperty(e, k, { get() { throw e } }); throw e`,
    /Error: \[object\]/,
  ),
  threw(
    'to return a value whose toJSON throws',
    `return { toJSON() { throw new TypeError('mine') } }`,
    /TypeError: mine/,
  ),
  threw(
    'to return a value whose getter overflows the stack',
    `return { get a() { return (function f() { return f() })() } }`,
    /RangeError/,
  ),
  threw(
    'to return a revoked Proxy',
    `const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return { proxy }`,
    /TypeError/,
  ),
];
