/** Freezes everything the script shares with the prelude, and still lets a script's own objects shadow an inherited name. */

/**
 * Assigning to a property whose inherited namesake is read-only throws. Old and good code does assign these: `this.name = …` in an
 * Error subclass, an own `toString`, `Sub.prototype.constructor = Sub`. As accessors they are as frozen, and assignable below.
 */
function letShadow(prototype: object, names: readonly PropertyKey[]): void {
  for (const name of names) {
    const found = Object.getOwnPropertyDescriptor(prototype, name);
    if (found === undefined || !('value' in found) || !found.configurable) continue;
    const value: unknown = found.value;
    Object.defineProperty(prototype, name, {
      get: () => value,
      set(this: object, next: unknown) {
        if (this === prototype)
          throw new TypeError(`Cannot assign to '${String(name)}' of a frozen built-in`);
        Object.defineProperty(this, name, {
          value: next,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
      enumerable: found.enumerable ?? false,
      configurable: false,
    });
  }
}

const CONVERSIONS = ['toString', 'toLocaleString', 'valueOf', 'toJSON'];

const ERRORS = [
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
] as const;

/** Classes whose `constructor` may be shadowed too. Array and Promise may not: V8 has a fast path that ends when theirs is an accessor. */
const PLAIN_CLASSES = [Boolean, Date, Map, Number, RegExp, Set, String, Symbol, WeakMap, WeakSet] as const;

export function freezeBuiltIns(): void {
  for (const prototype of [Object.prototype, ...ERRORS.map((error) => error.prototype)]) {
    letShadow(prototype, Object.getOwnPropertyNames(prototype));
  }
  letShadow(Function.prototype, ['constructor', 'toString']);
  letShadow(Array.prototype, CONVERSIONS);
  for (const { prototype } of PLAIN_CLASSES) letShadow(prototype, ['constructor', ...CONVERSIONS]);
  freezeReachable([...globalBuiltIns(), ...syntaxBuiltIns()]);
}

/** The bindings become constants, the objects are roots to freeze from. */
function globalBuiltIns(): unknown[] {
  return Object.getOwnPropertyNames(globalThis)
    .filter((name) => name !== 'globalThis')
    .map((name) => {
      const value: unknown = Reflect.get(globalThis, name);
      Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
      return value;
    });
}

/** Built-ins that no global names: only syntax and calls lead to them. */
function syntaxBuiltIns(): unknown[] {
  return [
    function* () {},
    (function* () {})(),
    async () => {},
    async function* () {},
    (async function* () {})(),
    [][Symbol.iterator](),
    ''[Symbol.iterator](),
    new Map().entries(),
    new Set().entries(),
    ''.matchAll(/a/g),
    ...iteratorHelpers(),
    new URLSearchParams().entries(),
    new Intl.Segmenter().segment(''),
    new Intl.Segmenter().segment('')[Symbol.iterator](),
  ];
}

/** The hidden classes behind `Iterator.from(…)` and `iterator.map(…)`. Types of the language edition we compile for do not know them. */
function iteratorHelpers(): unknown[] {
  const { Iterator } = globalThis as unknown as {
    Iterator: { from(source: object): { map(by: () => unknown): unknown } };
  };
  const wrapped = Iterator.from({ next: () => ({ done: true, value: undefined }) });
  return [wrapped, wrapped.map(() => undefined)];
}

function freezeReachable(roots: readonly unknown[]): void {
  const seen = new Set<object>([globalThis]);
  const open = [...roots];
  while (open.length > 0) {
    const value = open.pop();
    if (!isObject(value) || seen.has(value)) continue;
    seen.add(value);
    open.push(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key) ?? {};
      open.push(held, get, set);
    }
    Object.freeze(value);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
