/** Makes the realm the same language on every Node, and takes away what the contract calls absent. */
import { LANGUAGE_GLOBALS } from '../language-globals.ts';

/** core-js gives each realm these; the language does not know them. */
const ADDED_GLOBALS = new Set(['URL', 'URLSearchParams']);

/** The language edition we compile for has the type alone; the polyfills ran before this. */
const { Iterator } = globalThis as unknown as { readonly Iterator: object };
const iteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const asyncIteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())),
);

/** Members that some engines from Node 20 on have and some have not, where no polyfill is wanted. A test compares the whole inventory. */
const VARYING_MEMBERS: readonly (readonly [owner: object, names: readonly PropertyKey[]])[] = [
  [ArrayBuffer.prototype, ['detached', 'transfer', 'transferToFixedLength']],
  [DataView.prototype, ['getFloat16', 'setFloat16']],
  [Date.prototype, ['toTemporalInstant']],
  [Error, ['isError']],
  [Intl, ['DurationFormat']],
  [
    Intl.Locale.prototype,
    [
      'calendars',
      'collations',
      'firstDayOfWeek',
      'getCalendars',
      'getCollations',
      'getHourCycles',
      'getNumberingSystems',
      'getTextInfo',
      'getTimeZones',
      'getWeekInfo',
      'hourCycles',
      'numberingSystems',
      'textInfo',
      'timeZones',
      'weekInfo',
    ],
  ],
  [Iterator, ['concat']],
  [iteratorPrototype, [disposeSymbol('dispose')]],
  [asyncIteratorPrototype, [disposeSymbol('asyncDispose')]],
  [JSON, ['isRawJSON', 'rawJSON']],
  [Map.prototype, ['getOrInsert', 'getOrInsertComputed']],
  [Math, ['f16round']],
  [Uint8Array, ['fromBase64', 'fromHex']],
  [Uint8Array.prototype, ['setFromBase64', 'setFromHex', 'toBase64', 'toHex']],
  [WeakMap.prototype, ['getOrInsert', 'getOrInsertComputed']],
];

export function evenOutLanguage(): void {
  restoreProtoAccessor();
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!LANGUAGE_GLOBALS.has(name) && !ADDED_GLOBALS.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  for (const [owner, names] of VARYING_MEMBERS) {
    for (const name of names) Reflect.deleteProperty(owner, name);
  }
}

/** An engine that knows these symbols does not let them go, so that the others are given them. */
function disposeSymbol(name: 'dispose' | 'asyncDispose'): symbol {
  const known = (Symbol as { readonly dispose?: symbol; readonly asyncDispose?: symbol })[name];
  if (known !== undefined) return known;
  const value = Symbol(`Symbol.${name}`);
  Object.defineProperty(Symbol, name, { value, writable: false, enumerable: false, configurable: false });
  return value;
}

/** The process runs with `--disable-proto=throw`, which is for the host's own realm; in here scripts find the language's own accessor. */
function restoreProtoAccessor(): void {
  Object.defineProperty(Object.prototype, '__proto__', {
    get(this: unknown): unknown {
      return Object.getPrototypeOf(Object(this));
    },
    set(this: unknown, prototype: unknown): void {
      if (typeof this !== 'object' && typeof this !== 'function') return;
      if (typeof prototype !== 'object' && typeof prototype !== 'function') return;
      Object.setPrototypeOf(this, prototype);
    },
    enumerable: false,
    configurable: true,
  });
}
