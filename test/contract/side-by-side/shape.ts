/** Brings what one program showed into a form in which only what matters can differ (see left-out.ts). */
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import {
  COMPARED_OF_INIT,
  COMPARED_OF_SERVERS,
  LEFT_OUT_EVENTS,
  LEFT_OUT_FIELDS,
  LEFT_OUT_OF_MESSAGES,
} from './left-out.ts';
import type { CallSeen, CaseSeen } from './program.ts';
import { requestShape } from './request-shape.ts';

/** A tree whose leaves are compared one by one. */
export function shapeOf({ dir, calls, files }: CaseSeen): JsonObject {
  const shape: Record<string, Json> = {};
  calls.forEach((call, index) => {
    shape[String(index + 1)] = callShape(call);
  });
  for (const [name, text] of Object.entries(files)) shape[path.basename(name)] = text ?? 'is not there';
  return JSON.parse(withoutIds(JSON.stringify(shape).replaceAll(dir, '<dir>'))) as JsonObject;
}

function callShape({ exit, stdout, stderr, requests }: CallSeen): JsonObject {
  return {
    exit,
    stderr,
    ...stdoutShape(stdout),
    requests: requests.length,
    ...Object.fromEntries(requests.map((request, index) => [`request#${index + 1}`, requestShape(request)])),
  };
}

function stdoutShape(stdout: string): JsonObject {
  const reading = eventsIn(stdout);
  if (reading === undefined) return { stdout };
  const kept = reading.events.filter((event) => !LEFT_OUT_EVENTS.has(nameOf(event)));
  const counts = new Map<string, number>();
  const numbered = kept.map((event) => {
    const name = nameOf(event);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return [`${name}#${count}`, eventShape(event)] as const;
  });
  return { stdout: reading.form, events: kept.map(nameOf).join(' '), ...Object.fromEntries(numbered) };
}

/** `undefined` for text that is no event. */
function eventsIn(stdout: string): { readonly form: string; readonly events: JsonObject[] } | undefined {
  const lines = stdout.split('\n');
  if (lines.pop() !== '' || lines.length === 0) return undefined;
  try {
    const values: unknown[] = lines.map((line) => JSON.parse(line) as unknown);
    const form =
      values.length === 1 && Array.isArray(values[0]) ? 'an array of events' : 'events, a line each';
    const events = values.flat();
    const areEvents = events.every((event) => isJsonObject(event) && typeof event['type'] === 'string');
    return areEvents ? { form, events: events as JsonObject[] } : undefined;
  } catch {
    return undefined;
  }
}

function nameOf({ type, subtype }: JsonObject): string {
  return type === 'system' ? `system:${String(subtype)}` : String(type);
}

function eventShape(event: JsonObject): Json {
  if (nameOf(event) === 'system:init') return initShape(event);
  const { message } = event;
  if (event['type'] !== 'assistant' || !isJsonObject(message)) return withoutLeftOut(event);
  const kept = picked(message, (name) => !LEFT_OUT_OF_MESSAGES.has(name));
  return withoutLeftOut({ ...event, message: kept });
}

function initShape(event: JsonObject): JsonObject {
  const { mcp_servers: servers, ...others } = picked(event, (name) => COMPARED_OF_INIT.has(name));
  const known = Array.isArray(servers) ? servers.filter(isJsonObject) : [];
  return { ...others, mcp_servers: known.map((one) => picked(one, (name) => COMPARED_OF_SERVERS.has(name))) };
}

function withoutLeftOut(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutLeftOut);
  // The order in which dollars are added up shows in the last digits.
  if (typeof value === 'number') return Number(value.toPrecision(12));
  if (!isJsonObject(value)) return value;
  const kept = picked(value, (name) => !LEFT_OUT_FIELDS.has(name) && !isPlainSuccess(name, value));
  return Object.fromEntries(Object.entries(kept).map(([name, part]) => [name, withoutLeftOut(part)]));
}

/** A tool's result without `is_error` is one that says `is_error: false`. */
function isPlainSuccess(name: string, { type, is_error }: JsonObject): boolean {
  return name === 'is_error' && type === 'tool_result' && is_error === false;
}

function picked(object: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([name, value]) => isWanted(name) && value !== undefined),
  ) as JsonObject;
}

/** Ids are told apart, not read: the first one seen is 1. */
function withoutIds(text: string): string {
  const seen: string[] = [];
  return text.replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, (id) => {
    if (!seen.includes(id)) seen.push(id);
    return `<id ${seen.indexOf(id) + 1}>`;
  });
}
