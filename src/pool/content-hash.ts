/** What makes two calls the same call: a hash of the canonical content, so that key order in a schema plays no part. */
import { createHash } from 'node:crypto';
import type { Json } from '../core/json.ts';

/** The parts of a call that decide whether a recorded outcome answers it. */
export interface HashedContent {
  readonly prompt: string;
  readonly schema: Json | undefined;
  readonly model: string | undefined;
  readonly effort: string | undefined;
  readonly isolation: string | undefined;
  readonly agentType: string | undefined;
  /** Where the agent works, relative to the run's folder. */
  readonly cwd: string;
}

/** 128 bits as hex: no two of a user's calls will ever meet. */
export function contentHash(content: HashedContent): string {
  const hash = createHash('sha256');
  // Length-prefixed, so that no prompt can be made to look like another prompt and schema.
  for (const part of [content.prompt, canonicalJson(content.schema), canonicalJson(restOf(content))]) {
    hash.update(`${part.length}:`).update(part);
  }
  // Not a slice of the hex text: that would keep the whole of it alive, a million times.
  return hash.digest().toString('hex', 0, 16);
}

/** Every line break a text can hold. */
const LINE_BREAKS = /\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Of the prompt alone, whatever its line breaks: Claude Code frames prompts line by line, and its frame keeps none but `\n`. */
export function promptHash(prompt: string): string {
  return createHash('sha256').update(prompt.replace(LINE_BREAKS, '\n')).digest().toString('hex', 0, 16);
}

function restOf({ model, effort, isolation, agentType, cwd }: HashedContent): Json {
  return [model ?? null, effort ?? null, isolation ?? null, agentType ?? null, cwd];
}

function canonicalJson(value: Json | undefined): string {
  if (value === undefined) return '';
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function keyOf(hash: string, occurrence: number): string {
  return `v1:${hash}:${occurrence}`;
}

export function partsOfKey(key: string): { readonly contentHash: string; readonly occurrence: number } {
  const [, contentHash = key, occurrence = '1'] = /^v1:(.*):(\d+)$/s.exec(key) ?? [];
  return { contentHash, occurrence: Number(occurrence) };
}
