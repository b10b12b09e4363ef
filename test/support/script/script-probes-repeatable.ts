/** Probes for the clock and for chance by ways that no parser sees. */
import { contained, type Probe } from './script-probe.ts';

const WAYS: readonly (readonly [tries: string, expression: string])[] = [
  ['Date.now by a computed name', `Date['n' + 'ow']()`],
  ['Date.now taken as a value', `[1].map(Date.now)`],
  ['Date.now off the constructor of a date', `new Date(5).constructor.now()`],
  ['the clock by Reflect.construct', `Reflect.construct(Date, [])`],
  ['the clock by Reflect.construct with another target', `Reflect.construct(Date, [], Array)`],
  ['the clock by a subclass of Date', `new (class extends Date {})()`],
  ['the clock by a bound Date', `new (Date.bind(null))()`],
  ['the clock by an alias of Date', `((D) => new D())(Date)`],
  ['the clock by Date as a function', `((D) => D())(Date)`],
  ['the clock by Date.apply', `Date.apply(null, [])`],
  ['the clock by Date.prototype.constructor', `new Date.prototype.constructor()`],
  [
    'the clock by the descriptor of the constructor',
    `new (Object.getOwnPropertyDescriptor(Date.prototype, 'constructor').get())()`,
  ],
  ['the clock by spreading nothing', `((D, none) => new D(...none))(Date, [])`],
  ['the present by Intl.DateTimeFormat.format', `new Intl.DateTimeFormat('en').format()`],
  ['the present by format(undefined)', `new Intl.DateTimeFormat('en').format(undefined)`],
  ['the present by a format function taken off', `((f) => f())(new Intl.DateTimeFormat('en').format)`],
  ['the present by formatToParts', `new Intl.DateTimeFormat('en').formatToParts()`],
  [
    'the present by the getter of format',
    `Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format').get.call(new Intl.DateTimeFormat())()`,
  ],
  ['chance by a computed name', `Math['ran' + 'dom']()`],
  ['chance by an alias of Math', `((M) => M.random())(Math)`],
];

const ABSENT: readonly (readonly [tries: string, expression: string])[] = [
  ['Temporal.Now', 'Temporal.Now.instant()'],
  ['performance.now', 'performance.now()'],
  ['crypto.randomUUID', 'crypto.randomUUID()'],
  ['the time origin of an Event', 'new Event("x").timeStamp'],
];

export const REPEATABLE_PROBES: readonly Probe[] = [
  ...WAYS.map(([tries, expression]) =>
    contained(
      tries,
      `try { return 'GOT ' + String(${expression}) } catch (e) { return /not available in a workflow script/.test(e.message) ? 'contained' : 'ODD ' + e }`,
    ),
  ),
  ...ABSENT.map(([tries, expression]) =>
    contained(
      tries,
      `try { return 'GOT ' + ${expression} } catch (e) { return e.name === 'ReferenceError' ? 'contained' : 'ODD ' + e }`,
    ),
  ),
  contained(
    'garbage collection as a clock',
    `return typeof WeakRef === 'undefined' && typeof FinalizationRegistry === 'undefined' ? 'contained' : 'FOUND'`,
  ),
  contained(
    'shared memory as a clock',
    `return [typeof SharedArrayBuffer, typeof Atomics, typeof WebAssembly].every((t) => t === 'undefined') ? 'contained' : 'FOUND'`,
  ),
  contained(
    'the same dates as ever, for arguments that are given',
    `return new Date(5).getTime() === 5 && new Date(2020, 0, 1) instanceof Date && Date.UTC(2020, 0) === 1577836800000 && Date.parse('2020-01-01') === 1577836800000
      && Number.isNaN(new Date(undefined).getTime()) && new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format(0) === '1/1/1970' ? 'contained' : 'CHANGED'`,
  ),
];
