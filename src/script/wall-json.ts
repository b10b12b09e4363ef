/** JSON that came across the wall, parsed so that no key can become a prototype, however the value is copied later. */
import type { Json } from '../core/json.ts';

/**
 * The key as it may be spelt in JSON text: only then is the slow way worth its time. No regular expression, because inside the
 * sandbox the last match can be read from the statics of RegExp.
 */
const SPELLINGS = ['__proto__', '\\u005f', '\\u005F'];

/** Contract: throws SyntaxError for text that is no JSON. A key `__proto__` is dropped, wherever it stands. */
export function parseWallJson(text: string): Json {
  return JSON.parse(text, SPELLINGS.some((each) => text.includes(each)) ? withoutProto : undefined) as Json;
}

function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}
