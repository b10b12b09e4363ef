/** What a host (an SDK, or a program of its own) writes on our stdin, a JSON object a line: read here, judged here, and nowhere else. */
import type { Readable } from 'node:stream';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { StreamItem } from '../../wire/events/event.ts';
import { CONTROL_REQUEST, CONTROL_RESPONSE } from '../../wire/events/event-control.ts';
import { StreamItemReader } from '../../wire/events/stream-item.ts';

export interface UserLine {
  readonly kind: 'user';
  readonly message: JsonObject;
  /** The host's own name for it. */
  readonly uuid: Json | undefined;
}

export type HostLine =
  | UserLine
  | { readonly kind: 'request'; readonly id: string; readonly request: JsonObject }
  | { readonly kind: 'response'; readonly id: string; readonly response: JsonObject }
  /** Not for us: a kind that is new, or that asks for nothing. */
  | { readonly kind: 'other' }
  | { readonly kind: 'bad'; readonly message: string };

/** Contract: called in the order of the lines; `ended` once, after the last of them. */
export interface HostLineSink {
  line(line: HostLine): void;
  ended(error: Error | undefined): void;
}

export function readHostLines(stdin: Readable, sink: HostLineSink): void {
  const reader = new StreamItemReader((item) => sink.line(hostLineOf(item)));
  let isOver = false;
  const end = (error?: Error): void => {
    if (isOver) return;
    isOver = true;
    if (error === undefined) reader.end();
    sink.ended(error);
  };
  stdin.on('data', (chunk: Buffer | string) => reader.push(Buffer.from(chunk)));
  stdin.once('end', () => end());
  stdin.once('close', () => end());
  stdin.once('error', (error) => end(error));
}

function hostLineOf(item: StreamItem): HostLine {
  switch (item.kind) {
    case 'too-long':
      return bad(`Error parsing streaming input line: ${item.bytes} bytes are too many for one line`);
    case 'malformed':
      return bad(
        `Error parsing streaming input line (${item.bytes} bytes): not a JSON object: ${JSON.stringify(item.start)}`,
      );
    case 'event':
      return lineOf(item.event);
  }
}

function lineOf(line: JsonObject): HostLine {
  switch (line['type']) {
    case 'user':
      return userLine(line);
    case CONTROL_REQUEST: {
      const { request_id: id, request } = line;
      return typeof id === 'string' && isJsonObject(request)
        ? { kind: 'request', id, request }
        : bad('Error: a control_request needs the text "request_id" and the object "request"');
    }
    case CONTROL_RESPONSE: {
      const { response } = line;
      return isJsonObject(response) && typeof response['request_id'] === 'string'
        ? { kind: 'response', id: response['request_id'], response }
        : bad('Error: a control_response needs the object "response" with the text "request_id"');
    }
    default:
      return { kind: 'other' };
  }
}

function userLine(line: JsonObject): HostLine {
  const { message, uuid } = line;
  if (!isJsonObject(message)) return bad('Error: Expected an object "message" in a user line');
  const { role, content } = message;
  if (role !== 'user') return bad(`Error: Expected message role 'user', got '${String(role)}'`);
  const isContent = typeof content === 'string' || Array.isArray(content);
  return isContent
    ? { kind: 'user', message, uuid }
    : bad('Error: Expected text or blocks as the content of a user line');
}

function bad(message: string): HostLine {
  return { kind: 'bad', message };
}
