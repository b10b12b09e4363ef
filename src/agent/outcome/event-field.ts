/** Reads single fields of an agent's events: a field of the wrong type is a missing one, never an exception. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A finite number that is not negative: what a count, a price or a duration can be. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function objectOf(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** Content blocks of a message event; a plain string counts as one text block. */
export function contentOf(event: JsonObject): readonly JsonObject[] {
  const content = objectOf(event['message'])?.['content'];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}
