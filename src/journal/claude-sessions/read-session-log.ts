/** Reads one session's file, line by line: however long it is, what is held of it at once is a line. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { LineSplitter } from '../../wire/lines/line-splitter.ts';
import { withShortStrings } from '../../wire/lines/short-strings.ts';
import { readOwnBytes } from '../claude-run/own-files.ts';
import { type SessionDigest, SessionReading } from './session-digest.ts';

export interface SessionLog {
  readonly digest: SessionDigest;
  readonly bytes: number;
  readonly lines: number;
  /** No JSON: torn by a crash, or no line of a session at all. */
  readonly badLines: number;
  /** Larger than is read. */
  readonly tooLongLines: number;
}

/** A result of 10 MB is some 60 MB of JSON at its worst. While such a line is put together it is held twice. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** From here on a line's long strings are cut before it becomes a value. */
const LONG_LINE_BYTES = 256 * 1024;
const MAX_STRING_BYTES = 64 * 1024;
/** Of a line whose strings are cut already. */
const MAX_VALUE_BYTES = 8 * 1024 * 1024;

const NO_LINE = /^\s*$/;

/** `seenInputs` as in `SessionReading`. Throws `UnreadableFile`. */
export async function readSessionLog(file: string, seenInputs: Set<string>): Promise<SessionLog> {
  const digest = new SessionReading(seenInputs);
  const counts = { bytes: 0, lines: 0, badLines: 0, tooLongLines: 0 };
  const splitter = new LineSplitter(
    {
      line(bytes) {
        const taken = takeLine(bytes, digest);
        if (taken === 'blank') return;
        counts.lines += 1;
        if (taken === 'bad') counts.badLines += 1;
        if (taken === 'too-long') counts.tooLongLines += 1;
      },
      tooLong() {
        counts.lines += 1;
        counts.tooLongLines += 1;
      },
    },
    MAX_LINE_BYTES,
  );
  for await (const chunk of readOwnBytes(file)) {
    counts.bytes += chunk.length;
    splitter.push(chunk);
  }
  splitter.end();
  return { digest, ...counts };
}

function takeLine(bytes: Buffer, reading: SessionReading): 'taken' | 'blank' | 'bad' | 'too-long' {
  const isLong = bytes.length > LONG_LINE_BYTES;
  const short = isLong ? withShortStrings(bytes, MAX_STRING_BYTES) : bytes;
  if (short === undefined) return 'bad';
  if (short.length > MAX_VALUE_BYTES) return 'too-long';
  const text = short.toString('utf8');
  if (NO_LINE.test(text)) return 'blank';
  const line = parsed(text);
  if (line === undefined) return 'bad';
  reading.take(line);
  return 'taken';
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
