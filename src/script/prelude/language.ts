/** Makes the realm the same language on every Node, and takes away what the contract calls absent. */
import { LANGUAGE_GLOBALS } from '../language-globals.ts';

/** core-js gives each realm these; the language does not know them. */
const ADDED_GLOBALS = new Set(['URL', 'URLSearchParams']);

/** Members that newer engines have and Node 20 has not, where no polyfill is wanted. A test compares the whole inventory. */
const NEWER_MEMBERS: readonly (readonly [owner: () => object | undefined, names: readonly PropertyKey[]])[] =
  [
    [() => ArrayBuffer.prototype, ['detached', 'transfer', 'transferToFixedLength']],
    [() => DataView.prototype, ['getFloat16', 'setFloat16']],
    [() => Date.prototype, ['toTemporalInstant']],
    [() => Error, ['isError']],
    [() => Intl, ['DurationFormat']],
    [
      () => Intl.Locale.prototype,
      [
        'firstDayOfWeek',
        'getCalendars',
        'getCollations',
        'getHourCycles',
        'getNumberingSystems',
        'getTextInfo',
        'getTimeZones',
        'getWeekInfo',
      ],
    ],
    [() => iteratorPrototype, [disposeSymbol('dispose')]],
    [() => asyncIteratorPrototype, [disposeSymbol('asyncDispose')]],
    [() => JSON, ['isRawJSON', 'rawJSON']],
    [() => Math, ['f16round']],
  ];

const iteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const asyncIteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())),
);

/** An engine that knows these symbols does not let them go, so that the others are given them. */
function disposeSymbol(name: 'dispose' | 'asyncDispose'): symbol {
  const known = (Symbol as { readonly dispose?: symbol; readonly asyncDispose?: symbol })[name];
  if (known !== undefined) return known;
  const value = Symbol(`Symbol.${name}`);
  Object.defineProperty(Symbol, name, { value, writable: false, enumerable: false, configurable: false });
  return value;
}

export function evenOutLanguage(): void {
  restoreProtoAccessor();
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!LANGUAGE_GLOBALS.has(name) && !ADDED_GLOBALS.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  const members = NEWER_MEMBERS.map(([owner, names]) => [owner(), names] as const);
  for (const [owner, names] of members) {
    if (owner === undefined) continue;
    for (const name of names) Reflect.deleteProperty(owner, name);
  }
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
