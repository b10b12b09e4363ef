/** Probes that never end, or take all there is. Each runs in a process of its own, with small limits. */
import { broke, contained, type Probe, threw } from './script-probe.ts';

/** Ended by the limit on work without waiting. */
export const ENDLESS_PROBES: readonly Probe[] = [
  broke('an endless loop', `while (true) {}`, 'sync-limit'),
  broke('an endless loop of await null', `for (;;) await null`, 'sync-limit'),
  broke(
    'an endless chain of promises that nobody awaits',
    `const on = () => Promise.resolve().then(on); on(); return 1`,
    'sync-limit',
  ),
  broke(
    'a thenable that resolves to itself for ever',
    `const t = { then(r) { r(t) } }; await t`,
    'sync-limit',
  ),
  broke('catastrophic backtracking', `return /^(a+)+$/.test('a'.repeat(60) + '!')`, 'sync-limit'),
  broke('a sort that never ends', `return [1, 2].sort(() => { for (;;); })`, 'sync-limit'),
  broke('a toJSON that never returns', `return { toJSON() { for (;;); } }`, 'sync-limit'),
  broke(
    'a getter on options that never returns',
    `await agent('x', { get label() { for (;;); } })`,
    'sync-limit',
  ),
  broke(
    'a Proxy trap that never returns',
    `await parallel(new Proxy([], { get() { for (;;); } }))`,
    'sync-limit',
  ),
  broke(
    'a length that never is a number',
    `await pipeline(new Proxy([], { get: (t, k) => k === 'length' ? { valueOf() { for (;;); } } : t[k] }))`,
    'sync-limit',
  ),
  broke('an error whose message never comes', `throw { get message() { for (;;); } }`, 'sync-limit'),
  broke(
    'an endless loop in a timer',
    `setTimeout(() => { for (;;); }, 1); await new Promise(() => {})`,
    'sync-limit',
  ),
  broke(
    'an endless loop after a flood of timers',
    `for (;;) try { setTimeout(() => {}, 1) } catch {}`,
    'sync-limit',
  ),
  broke(
    'an endless loop while others are answered',
    `agent('x'); agent('y').then(() => { for (;;); }); await new Promise(() => {})`,
    'sync-limit',
  ),
  broke(
    'the factorial of a BigInt',
    `let n = 1n; for (let i = 1n; ; i++) n = (n * i) % (2n ** 4000n)`,
    'sync-limit',
  ),
];

/** Ended by the heap cap, or by the limit on resident memory. */
export const GREEDY_PROBES: readonly Probe[] = [
  broke('an array that grows for ever', `const a = []; for (;;) a.push({ n: a.length })`, 'memory'),
  broke(
    'a string that doubles',
    `const all = []; for (let i = 0; ; i++) all.push(String(i).repeat(1e6).split('').reverse().join(''))`,
    'memory',
  ),
  broke('a Map that grows for ever', `const m = new Map(); for (let i = 0; ; i++) m.set(i, [i])`, 'memory'),
  broke(
    'array buffers, which lie outside the heap',
    `const all = []; for (;;) all.push(new Uint8Array(1e7).fill(1))`,
    'memory',
  ),
  broke('one array of a thousand million', `return new Array(1e9).fill(7).length`, 'memory'),
  broke(
    'promises that pile up',
    `const all = []; for (;;) { all.push(new Promise(() => {})); if (all.length % 1e4 === 0) await null }`,
    'memory',
  ),
  broke(
    'rejections that pile up',
    `const all = []; for (;;) { all.push(Promise.reject(all.length)); if (all.length % 1e4 === 0) await null }`,
    'memory',
  ),
  broke(
    'memory a little at a time, between waits',
    `const all = []; for (;;) { all.push(new Uint8Array(4e6).fill(1)); await new Promise((r) => setTimeout(r, 1)) }`,
    'memory',
  ),
  broke('a closure chain', `let f = () => 0; for (;;) { const g = f; f = () => g }`, 'memory'),
  broke(
    'a result that shares itself into the billions',
    `let a = ['x']; for (let i = 0; i < 40; i++) a = [a, a]; return a`,
    'memory',
  ),
];

/** Ended by the limits on what goes through the wall. */
export const FLOOD_PROBES: readonly Probe[] = [
  broke(
    'a million log lines at once',
    `for (let i = 0; i < 1e6; i++) log('line ' + i); await new Promise(() => {})`,
    'flooded',
  ),
  broke(
    'log lines for ever, with waits between',
    `for (;;) { for (let i = 0; i < 1000; i++) log('line'); await new Promise((r) => setTimeout(r, 1)) }`,
    'flooded',
  ),
  broke(
    'phases for ever',
    `for (;;) { for (let i = 0; i < 1000; i++) phase('p' + i); await agent('x') }`,
    'flooded',
  ),
  broke(
    'console for ever',
    `for (;;) { for (let i = 0; i < 1000; i++) console.error('x'.repeat(1000)); await agent('x') }`,
    'flooded',
  ),
];

/** Survived: the script gets an error or goes on, and the process lives. */
export const SURVIVED_PROBES: readonly Probe[] = [
  contained(
    'endless recursion',
    `try { (function f() { return f() })() } catch (e) { return e instanceof RangeError ? 'contained' : 'ODD' }`,
  ),
  contained(
    'endless recursion through parallel',
    `const deep = async (n) => n === 0 ? 1 : (await parallel([() => deep(n - 1)]))[0]; return (await deep(1e5)) === null ? 'contained' : 'ODD'`,
  ),
  contained('three million waits in a row', `for (let i = 0; i < 3e6; i++) await null; return 'contained'`),
  contained(
    'a string longer than strings can be',
    `try { 'x'.repeat(2 ** 30) } catch (e) { return e instanceof RangeError ? 'contained' : 'ODD' }`,
  ),
  contained('a log line of a hundred million characters', `log('x'.repeat(1e8)); return 'contained'`),
  contained(
    'a prompt larger than a message',
    `try { await agent('x'.repeat(2e6)) } catch (e) { return e instanceof RangeError ? 'contained' : 'ODD ' + e }`,
  ),
  contained(
    '4,097 thunks',
    `try { await parallel(Array(4097).fill(() => 1)) } catch (e) { return /4096/.test(e.message) ? 'contained' : 'ODD' }`,
  ),
  contained(
    'a hundred and twenty thousand timers',
    `let refused = 0; for (let i = 0; i < 1.2e5; i++) try { setTimeout(() => {}, 1e6) } catch (e) { refused += e instanceof RangeError } return refused === 2e4 ? 'contained' : String(refused)`,
  ),
  contained(
    'a hundred and twenty thousand agents without waiting',
    `let refused = 0; const all = []; for (let i = 0; i < 1.2e5; i++) all.push(agent('x').catch((e) => { refused += e instanceof RangeError })); await Promise.all(all); return refused === 2e4 ? 'contained' : String(refused)`,
  ),
  threw('a result larger than a message', `return 'x'.repeat(2e6)`, /RangeError.*the result/),
  threw('a cycle as the result', `const a = {}; a.a = a; return a`, /TypeError.*circular/),
  threw('a BigInt as the result', `return { n: 10n }`, /TypeError.*BigInt/),
];
