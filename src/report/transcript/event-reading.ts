/** Fields of an agent's events, none of them trusted: one of the wrong type is one that is not there. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';

export function textAt(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function flagAt(object: JsonObject | undefined, key: string): boolean {
  return object?.[key] === true;
}

export function textsAt(object: JsonObject | undefined, key: string): readonly string[] {
  const value = object?.[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isJsonObject(value) ? value : undefined;
}

export function objectsAt(object: JsonObject | undefined, key: string): readonly JsonObject[] {
  const value = object?.[key];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Blocks of a message or a tool result; a bare string is one block of text. */
export function blocksAt(object: JsonObject | undefined, key: string): readonly JsonObject[] {
  const text = textAt(object, key);
  return text === undefined ? objectsAt(object, key) : [{ type: 'text', text }];
}
