/** The whole schema: finds what a `$ref` names, and judges values with the real validator. */
import type { Ajv, ValidateFunction } from 'ajv';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { schemaEngine, withoutDialect } from '../../wire/schemas/schema-engine.ts';
import { isSchema, type Schema } from './conjunction.ts';

/** References become absolute, so that a part of the schema can be judged on its own. The name resolves to nothing. */
const BASE = 'https://andwait.invalid/schema';

/** Keywords whose value is data: what looks like a reference in there is none. */
const DATA_KEYWORDS = new Set(['const', 'enum', 'default', 'examples', 'example']);

export class SchemaBook {
  readonly root: JsonObject;
  readonly #engine: Ajv;
  readonly #anchors = new Map<string, Schema>();
  readonly #validators = new Map<JsonObject, ValidateFunction | undefined>();
  readonly #validateRoot: ValidateFunction;

  constructor(schema: JsonObject) {
    const ownId = typeof schema['$id'] === 'string' ? schema['$id'] : BASE;
    const absolute = withAbsoluteReferences(withoutDialect(schema), new URL(ownId, BASE).href);
    this.root = { ...(isJsonObject(absolute) ? absolute : {}), $id: BASE };
    this.#indexAnchors(this.root);
    this.#engine = schemaEngine(schema, { validateSchema: false });
    this.#validateRoot = this.#engine.compile(this.root);
  }

  accepts(value: Json): boolean {
    return this.#validateRoot(value);
  }

  /** True as well for a part that cannot be judged on its own: the whole is judged in the end. */
  partAccepts(part: JsonObject, value: Json): boolean {
    if (!this.#validators.has(part)) this.#validators.set(part, this.#compiled(part));
    return this.#validators.get(part)?.(value) ?? true;
  }

  lookUp(reference: string): Schema | undefined {
    const fragment = decodeURIComponent(reference.slice(reference.indexOf('#') + 1));
    if (!reference.includes('#') || fragment === '')
      return this.#anchors.get(reference.replace('#', '')) ?? this.root;
    if (!fragment.startsWith('/')) return this.#anchors.get(fragment);
    let target: Json | undefined = this.root;
    for (const step of fragment.slice(1).split('/'))
      target = child(target, step.replaceAll('~1', '/').replaceAll('~0', '~'));
    return isSchema(target) ? target : undefined;
  }

  #compiled(part: JsonObject): ValidateFunction | undefined {
    try {
      return this.#engine.compile(part);
    } catch {
      // E.g. a `$dynamicRef`, which means something only inside the whole.
      return undefined;
    }
  }

  #indexAnchors(value: Json): void {
    if (Array.isArray(value)) for (const entry of value) this.#indexAnchors(entry);
    if (!isJsonObject(value)) return;
    for (const keyword of ['$anchor', '$dynamicAnchor', '$id']) {
      const name = value[keyword];
      if (typeof name === 'string' && value !== this.root) this.#anchors.set(name.replace(/^#/, ''), value);
    }
    for (const [keyword, entry] of Object.entries(value)) {
      if (!DATA_KEYWORDS.has(keyword)) this.#indexAnchors(entry);
    }
  }
}

function child(value: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)];
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function withAbsoluteReferences(value: Json, ownId: string): Json {
  if (Array.isArray(value)) return value.map((entry) => withAbsoluteReferences(entry, ownId));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([keyword, entry]) => {
      if (DATA_KEYWORDS.has(keyword)) return [keyword, entry];
      if (keyword === '$ref' && typeof entry === 'string') return [keyword, absolute(entry, ownId)];
      return [keyword, withAbsoluteReferences(entry, ownId)];
    }),
  );
}

function absolute(reference: string, ownId: string): string {
  const [name, fragment] = reference.split('#', 2);
  const isOwn = name === '' || new URL(name ?? '', ownId).href === ownId;
  return isOwn ? `${BASE}#${fragment ?? ''}` : reference;
}
