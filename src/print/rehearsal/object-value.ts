/** Makes an object: what is required, most of what is described, and as many further keys as the schema asks for. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Chance } from './chance.ts';
import { type Conjunction, Impossible, isSchema, type Schema } from './conjunction.ts';
import { patternText } from './pattern-text.ts';
import { type Place, propertyPlace, type ValueMaker } from './place.ts';

/** Share of the optional properties that are there. */
const OPTIONAL = 0.85;
const MAP_KEYS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
const TRIES_FOR_KEY = 40;

export function objectValue(whole: Conjunction, place: Place, maker: ValueMaker): JsonObject {
  const required = requiredOf(whole);
  const min = whole.greatest('minProperties') ?? 0;
  const max = whole.least('maxProperties') ?? Number.POSITIVE_INFINITY;
  const made = new Map<string, Json>();
  const order = describedKeys(whole);
  const optional = order.filter((key) => !required.has(key));
  for (const key of [...order.filter((key) => required.has(key)), ...required]) {
    if (!made.has(key)) made.set(key, maker.value(schemasFor(whole, key), propertyPlace(place, key)));
  }
  for (const key of optional) {
    if (made.size >= max || made.has(key)) continue;
    const isNeeded = made.size < min;
    if (!isNeeded && (maker.isMinimal(place) || !place.chance.fork(key).isTrue(OPTIONAL))) continue;
    addIfPossible(made, key, whole, place, maker);
  }
  addDependent(made, whole, place, maker);
  addFurther(made, Math.min(Math.max(min, usualSize(whole, place, maker)), max), whole, place, maker);
  if (made.size < min) throw new Impossible(`${place.path || 'root'}: no ${min} properties were found`);
  return Object.fromEntries(inOrder(made, order));
}

function addIfPossible(
  made: Map<string, Json>,
  key: string,
  whole: Conjunction,
  place: Place,
  maker: ValueMaker,
): void {
  try {
    made.set(key, maker.value(schemasFor(whole, key), propertyPlace(place, key)));
  } catch (error) {
    // An optional property that no value fits stays away: that is how a schema forbids one.
    if (!(error instanceof Impossible)) throw error;
  }
}

function requiredOf(whole: Conjunction): Set<string> {
  return new Set(
    whole.values('required').flatMap((names) => (Array.isArray(names) ? names.filter(isText) : [])),
  );
}

/** The validator, wary of prototypes, never counts `__proto__` as described. */
function describedKeys(whole: Conjunction): string[] {
  const keys = whole.values('properties').filter(isJsonObject).flatMap(Object.keys);
  return [...new Set(keys)].filter((key) => key !== '__proto__');
}

/** What each schema says of `key`: its property, else the patterns it matches, else what is said of all others. */
function schemasFor(whole: Conjunction, key: string): Schema[] {
  return whole.schemas.flatMap((schema) => {
    const named = ownEntry(schema['properties'], key);
    const byPattern = Object.entries(
      isJsonObject(schema['patternProperties']) ? schema['patternProperties'] : {},
    )
      .filter(([pattern]) => new RegExp(pattern, 'u').test(key))
      .map(([, entry]) => entry);
    const said = [named, ...byPattern].filter(isSchema);
    return said.length > 0 ? said : [schema['additionalProperties']].filter(isSchema);
  });
}

function ownEntry(properties: Json | undefined, key: string): Json | undefined {
  return isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

/** Properties that others bring with them, and those that these bring. */
function addDependent(made: Map<string, Json>, whole: Conjunction, place: Place, maker: ValueMaker): void {
  const dependencies = [...whole.values('dependentRequired'), ...whole.values('dependencies')].filter(
    isJsonObject,
  );
  for (const key of made.keys()) {
    for (const dependency of dependencies) {
      const names = ownEntry(dependency, key);
      for (const name of Array.isArray(names) ? names.filter(isText) : []) {
        if (!made.has(name)) made.set(name, maker.value(schemasFor(whole, name), propertyPlace(place, name)));
      }
    }
  }
  const schemas = [...whole.values('dependentSchemas'), ...whole.values('dependencies')].filter(isJsonObject);
  for (const key of [...made.keys()]) {
    for (const schema of schemas.map((entry) => ownEntry(entry, key)).filter(isJsonObject)) {
      merge(made, schema, place, maker);
    }
  }
}

/** A schema that holds because a property is there: what it requires and describes is made by it. */
function merge(made: Map<string, Json>, schema: JsonObject, place: Place, maker: ValueMaker): void {
  if (maker.accepted([schema], Object.fromEntries(made))) return;
  const value = maker.value([{ type: 'object', ...schema }], place);
  if (isJsonObject(value)) for (const [key, entry] of Object.entries(value)) made.set(key, entry);
}

/** An object that describes values but no names is a map, and a sample of a map has entries. */
function usualSize(whole: Conjunction, place: Place, maker: ValueMaker): number {
  const isMap =
    describedKeys(whole).length === 0 &&
    whole.values('additionalProperties').concat(whole.values('patternProperties')).some(isJsonObject);
  return isMap && !maker.isMinimal(place) ? place.chance.fork('size').integer(1, 3) : 0;
}

function addFurther(
  made: Map<string, Json>,
  size: number,
  whole: Conjunction,
  place: Place,
  maker: ValueMaker,
): void {
  for (let attempt = 0; made.size < size && attempt < TRIES_FOR_KEY; attempt++) {
    const key = furtherKey(attempt, whole, place, maker);
    if (key !== undefined && !made.has(key)) addIfPossible(made, key, whole, place, maker);
  }
}

function furtherKey(
  attempt: number,
  whole: Conjunction,
  place: Place,
  maker: ValueMaker,
): string | undefined {
  const named = whole.values('propertyNames').filter(isSchema);
  const chance = place.chance.fork(`key ${attempt}`);
  if (named.length > 0) {
    const key = maker.value([{ type: 'string' }, ...named], {
      ...propertyPlace(place, `key ${attempt}`),
      chance,
    });
    return isText(key) ? key : undefined;
  }
  const patterns = whole.values('patternProperties').filter(isJsonObject).flatMap(Object.keys);
  const pattern = chance.pick(patterns);
  if (pattern !== undefined && attempt % 4 < 3) return keyByPattern(pattern, attempt, chance);
  return MAP_KEYS[attempt] ?? `key${attempt}`;
}

/** A pattern without an end takes a longer key too, and keys that are all the shortest one are one key. */
function keyByPattern(pattern: string, attempt: number, chance: Chance): string | undefined {
  const key = patternText(pattern, { min: 1, max: 60 }, chance);
  const longer = `${key}${MAP_KEYS[attempt % MAP_KEYS.length]}`;
  return key !== undefined && new RegExp(pattern, 'u').test(longer) ? longer : key;
}

function inOrder(made: ReadonlyMap<string, Json>, order: readonly string[]): [string, Json][] {
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return [...made].sort(([a], [b]) => rank(a) - rank(b));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
