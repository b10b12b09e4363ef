/**
 * Makes a value for a schema: guided by its keywords, tried on the validator where keywords interact, and tried again
 * with other choices where it does not fit. It knows no schema it cannot say no to.
 */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayValue } from './array-value.ts';
import type { Chance } from './chance.ts';
import { Conjunction, Impossible, type Schema, schemasIn, TYPES, type TypeName } from './conjunction.ts';
import { numberValue } from './number-value.ts';
import { objectValue } from './object-value.ts';
import { type Place, retried, type ValueMaker } from './place.ts';
import type { SchemaBook } from './schema-book.ts';
import { stringValue } from './string-value.ts';
import { endingFirst, likelyTrue } from './tendency.ts';

const ATTEMPTS = 24;
/** Values made in all, failed attempts included: the end of a schema that demands endless nesting. */
const MAX_STEPS = 20_000;
/** Long texts cost more steps: a list of them must end too. */
const CHARACTERS_PER_STEP = 1000;
const MAX_DEPTH = 120;
/** From here on only what is required, and of several branches the one that ends soonest. */
const SHALLOW_DEPTH = 5;

/** Keywords whose effect is not read off one by one: a value made for them is tried before it is taken. */
const INTERACTING = [
  ...[
    'oneOf',
    'not',
    'if',
    'contains',
    'uniqueItems',
    'enum',
    'const',
    'multipleOf',
    'pattern',
    'propertyNames',
  ],
  ...['dependentRequired', 'dependentSchemas', 'dependencies', 'unevaluatedProperties', 'unevaluatedItems'],
  ...['patternProperties', 'minProperties', 'maxProperties'],
];

export class Generator implements ValueMaker {
  readonly #book: SchemaBook;
  #steps = 0;

  constructor(book: SchemaBook) {
    this.#book = book;
  }

  /** A value that matches every one of `schemas`. Throws `Impossible` when none was found. */
  value(schemas: readonly Schema[], place: Place): Json {
    if (place.depth > MAX_DEPTH) throw new Impossible(`${place.path || 'root'}: nested without an end`);
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (++this.#steps > MAX_STEPS) throw new Impossible('no value was found within a reasonable time');
      const here = retried(place, attempt);
      try {
        const whole = this.#flatten(schemas, here);
        const value = this.#ofType(whole, here, attempt);
        if (typeof value === 'string') this.#steps += Math.floor(value.length / CHARACTERS_PER_STEP);
        if (!whole.has(...INTERACTING) || this.accepted(schemas, value)) return value;
      } catch (error) {
        if (!(error instanceof Impossible) || this.#steps > MAX_STEPS) throw error;
        last = error;
      }
    }
    throw last instanceof Impossible
      ? last
      : new Impossible(`${place.path || 'root'}: nothing that was tried matches`);
  }

  accepted(schemas: readonly Schema[], value: Json): boolean {
    return schemas.every((schema) =>
      typeof schema === 'boolean' ? schema : this.#book.partAccepts(schema, value),
    );
  }

  isMinimal(place: Place): boolean {
    return place.depth >= SHALLOW_DEPTH;
  }

  #ofType(whole: Conjunction, place: Place, attempt: number): Json {
    const { listed } = whole;
    if (listed !== undefined) return this.#listedValue(listed, whole, place);
    switch (this.#typeOf(whole, place, attempt)) {
      case 'object':
        return objectValue(whole, place, this);
      case 'array':
        return arrayValue(whole, place, this);
      case 'string':
        return stringValue(whole, place);
      case 'integer':
        return numberValue(whole, place, true);
      case 'number':
        return numberValue(whole, place, false);
      case 'boolean':
        return place.chance.isTrue(likelyTrue(place));
      case 'null':
        return null;
    }
  }

  /** Now and then the null of a nullable type, and no lists or objects where the nesting is deep already. */
  #typeOf(whole: Conjunction, place: Place, attempt: number): TypeName {
    const types = whole.types ?? (attempt === 0 ? [whole.likelyType] : TYPES);
    const plain = types.filter((type) => type !== 'null');
    if (types.length > plain.length && (plain.length === 0 || place.chance.isTrue(0.2))) return 'null';
    const flat = plain.filter((type) => type !== 'object' && type !== 'array');
    const type = place.chance.pick(this.isMinimal(place) && flat.length > 0 ? flat : plain);
    if (type === undefined) throw new Impossible(`${place.path || 'root'}: its types contradict each other`);
    return type;
  }

  #listedValue(listed: readonly Json[], whole: Conjunction, place: Place): Json {
    const allowed = listed.filter((value) => this.accepted(whole.schemas, value));
    const choice = endingFirst(allowed, place) ?? place.chance.pick(allowed);
    if (choice === undefined) throw new Impossible(`${place.path || 'root'}: no listed value is allowed`);
    return choice;
  }

  /** References, `allOf` and one branch of each choice, laid side by side. */
  #flatten(schemas: readonly Schema[], place: Place): Conjunction {
    const flat = new Set<JsonObject>();
    const add = (schema: Schema, trail: ReadonlySet<JsonObject>): void => {
      if (schema === false) throw new Impossible(`${place.path || 'root'}: the schema allows nothing here`);
      if (schema === true || flat.has(schema)) return;
      if (trail.has(schema))
        throw new Impossible(`${place.path || 'root'}: a $ref that leads back to itself`);
      const further = new Set(trail).add(schema);
      flat.add(schema);
      for (const part of this.#parts(schema, place)) add(part, further);
    };
    for (const schema of schemas) add(schema, new Set());
    return new Conjunction([...flat]);
  }

  #parts(schema: JsonObject, place: Place): Schema[] {
    const parts = schemasIn(schema['allOf']);
    for (const keyword of ['$ref', '$dynamicRef']) {
      const reference = schema[keyword];
      if (typeof reference === 'string') parts.push(this.#lookUp(reference, place));
    }
    for (const keyword of ['anyOf', 'oneOf']) {
      const branch = this.#branch(schemasIn(schema[keyword]), place);
      if (branch !== undefined) parts.push(branch);
    }
    if (schema['if'] !== undefined) parts.push(...conditionalParts(schema, place.chance));
    return parts;
  }

  #lookUp(reference: string, place: Place): Schema {
    const target = this.#book.lookUp(reference);
    if (target === undefined)
      throw new Impossible(`${place.path || 'root'}: cannot follow the $ref ${reference}`);
    return target;
  }

  #branch(branches: readonly Schema[], place: Place): Schema | undefined {
    const { chance } = place;
    const possible = branches.filter((branch) => branch !== false);
    if (!this.isMinimal(place)) return chance.pick(possible.length > 0 ? possible : branches);
    const byWeight = chance.shuffled(possible).sort((a, b) => weightOf(a) - weightOf(b));
    return chance.isTrue(0.8) ? byWeight[0] : chance.pick(byWeight);
  }
}

/** Either the condition and what follows from it, or what follows where it does not hold. */
function conditionalParts(schema: JsonObject, chance: Chance): Schema[] {
  const holds = chance.isTrue(0.5);
  const parts = holds ? [schema['if'], schema['then']] : [schema['else']];
  return schemasIn(parts.filter((part) => part !== undefined));
}

/** How much nesting a branch is likely to bring. */
function weightOf(schema: Schema): number {
  if (typeof schema === 'boolean' || schema['const'] !== undefined || schema['enum'] !== undefined) return 0;
  const text = JSON.stringify(schema);
  const nests =
    /"(object|array)"/.test(text) || schema['properties'] !== undefined || schema['items'] !== undefined;
  return (text.includes('"$ref"') ? 2 : 0) + (nests ? 1 : 0);
}
