/** Messages from a socket: one JSON object with a `type` a line. What a line holds beyond that is for the reader to judge. */
import type { Readable } from 'node:stream';
import { isJsonObject } from '../../core/json.ts';
import { DEFAULT_MAX_LINE_BYTES, LineSplitter } from '../lines/line-splitter.ts';

/** Twice the longest line that is read from an agent: an outcome may hold a text and the value in it. */
const MAX_MESSAGE_BYTES = 2 * DEFAULT_MAX_LINE_BYTES;
const QUOTED_CHARACTERS = 200;

export type AnyMessage = { readonly type: string; readonly [field: string]: unknown };

/** Contract: called in the order of the lines, while a chunk is being read. */
export interface MessageSink {
  message(message: AnyMessage): void;
  /** A line that is no message; `quote` is its beginning. */
  malformed(quote: string): void;
}

/** Reads until the stream ends. A last line without its line feed was cut off with its sender, and is no message. */
export function readMessages(stream: Readable, sink: MessageSink): void {
  const splitter = new LineSplitter(
    {
      line(bytes) {
        const text = bytes.toString('utf8');
        const message = messageIn(text);
        if (message === undefined) sink.malformed(text.slice(0, QUOTED_CHARACTERS));
        else sink.message(message);
      },
      tooLong: (bytes) => sink.malformed(`a line of ${bytes} bytes`),
    },
    MAX_MESSAGE_BYTES,
  );
  stream.on('data', (chunk: Buffer) => splitter.push(chunk));
}

function messageIn(text: string): AnyMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && typeof value['type'] === 'string' ? (value as AnyMessage) : undefined;
  } catch {
    return undefined;
  }
}
