/** Fields of another program's JSON, taken only when they are of the type they are said to be. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

export function textAt(value: JsonObject | undefined, key: string): string | undefined {
  const found = fieldAt(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** A count: no program means a negative or an infinite one. */
export function countAt(value: JsonObject | undefined, key: string): number | undefined {
  const found = fieldAt(value, key);
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : undefined;
}

export function objectAt(value: JsonObject | undefined, key: string): JsonObject | undefined {
  const found = fieldAt(value, key);
  return isJsonObject(found) ? found : undefined;
}

export function objectsAt(value: JsonObject | undefined, key: string): JsonObject[] {
  const found = fieldAt(value, key);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

/** Milliseconds since the epoch, from an ISO date. */
export function timeAt(value: JsonObject | undefined, key: string): number | undefined {
  const ms = Date.parse(textAt(value, key) ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** `undefined` also for text that is no JSON object. */
export function objectOf(text: Buffer | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fieldAt(value: JsonObject | undefined, key: string): Json | undefined {
  return value !== undefined && Object.hasOwn(value, key) ? value[key] : undefined;
}
