/** Makes a list: its length from the call, its entries from a few subjects. */
import type { Json, JsonObject } from '../../core/json.ts';
import { type Conjunction, Impossible, isSchema, type Schema, schemasIn } from './conjunction.ts';
import { itemPlace, type Place, propertyPlace, SUBJECTS, type ValueMaker } from './place.ts';
import { likelyEmpty } from './tendency.ts';

/** Most lists a reader sees are short. */
const USUAL_LENGTH = 3;
const TRIES_FOR_UNIQUE = 8;
/** As many as a rehearsal has steps for: what stands here is made in one go, before any step is counted. */
const MAX_ENTRIES = 20_000;

export function arrayValue(whole: Conjunction, place: Place, maker: ValueMaker): Json[] {
  const length = lengthOf(whole, place, maker);
  const containing = whole.schemas.filter(
    (schema) => isSchema(schema['contains']) && leastContained(schema) > 0,
  );
  const contained = containing.reduce((sum, schema) => sum + leastContained(schema), 0);
  if (contained > MAX_ENTRIES) {
    throw new Impossible(
      `${place.path || 'root'}: minContains ${contained} is more than the ${MAX_ENTRIES} entries a rehearsal writes`,
    );
  }
  const demanded = containing.flatMap((schema) =>
    Array.from({ length: leastContained(schema) }, () => schema['contains']).filter(isSchema),
  );
  const list: Json[] = [];
  const subjects = place.chance.shuffled(Array.from({ length: SUBJECTS }, (_, subject) => subject));
  for (let index = 0; list.length < Math.max(length.wanted, demanded.length); index++) {
    const extra = demanded[list.length];
    const schemas = [...entrySchemas(whole, list.length), ...(extra === undefined ? [] : [extra])];
    const entry = nextEntry(schemas, { list, index, subjects, whole, place, maker });
    if (entry === undefined) break;
    list.push(entry);
  }
  if (list.length < length.min)
    throw new Impossible(`${place.path || 'root'}: no ${length.min} entries that differ were found`);
  return list;
}

interface Making {
  readonly list: readonly Json[];
  readonly index: number;
  readonly subjects: readonly number[];
  readonly whole: Conjunction;
  readonly place: Place;
  readonly maker: ValueMaker;
}

/** `undefined` when there is no further entry that may stand in the list. */
function nextEntry(schemas: readonly Schema[], making: Making): Json | undefined {
  const { list, whole, place, maker } = making;
  const seen = whole.isTrue('uniqueItems') ? new Set(list.map(canonical)) : new Set<string>();
  for (let round = 0; round < TRIES_FOR_UNIQUE * SUBJECTS; round++) {
    const number = making.index + round;
    // Past the subjects there are as many as a long list needs.
    const subject = making.subjects[number] ?? number;
    const isTuple = tupleOf(whole).length > 0;
    const at = isTuple ? propertyPlace(place, String(list.length)) : itemPlace(place, subject);
    try {
      const entry = maker.value(schemas, isTuple && round > 0 ? itemPlace(at, subject) : at);
      if (!seen.has(canonical(entry))) return entry;
    } catch (error) {
      if (error instanceof Impossible && list.length >= lengthOf(whole, place, maker).min) return undefined;
      throw error;
    }
  }
  return undefined;
}

function lengthOf(
  whole: Conjunction,
  place: Place,
  maker: ValueMaker,
): { readonly min: number; readonly wanted: number } {
  const min = whole.greatest('minItems') ?? 0;
  const max = whole.least('maxItems') ?? Number.POSITIVE_INFINITY;
  if (min > max)
    throw new Impossible(`${place.path || 'root'}: minItems ${min} is more than maxItems ${max}`);
  if (maker.isMinimal(place)) return { min, wanted: min };
  const chance = place.chance.fork('length');
  if (min === 0 && chance.isTrue(likelyEmpty(place))) return { min, wanted: 0 };
  const usual = Math.max(tupleOf(whole).length, chance.integer(1, USUAL_LENGTH));
  return { min, wanted: Math.min(Math.max(min, usual), max) };
}

/** Entries at fixed places: `prefixItems`, or the older `items: […]`. */
function tupleOf(whole: Conjunction): Schema[] {
  return whole.schemas.map(tupleIn).reduce((a, b) => (b.length > a.length ? b : a), []);
}

function tupleIn(schema: JsonObject): Schema[] {
  return schemasIn(schema['prefixItems'] ?? schema['items']);
}

function entrySchemas(whole: Conjunction, index: number): Schema[] {
  return whole.schemas.flatMap((schema) => {
    const fixed = tupleIn(schema)[index];
    if (fixed !== undefined) return [fixed];
    const rest = Array.isArray(schema['items']) ? schema['additionalItems'] : schema['items'];
    return [rest ?? schema['unevaluatedItems']].filter(isSchema);
  });
}

function leastContained(schema: JsonObject): number {
  const least = schema['minContains'];
  return typeof least === 'number' ? least : 1;
}

/** JSON Schema compares objects without regard to the order of their keys. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, entry: Json) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
