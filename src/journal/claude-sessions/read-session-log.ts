/** Reads one session's file, line by line: however long it is, what is held of it at once is a line with its long strings cut. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { ShortLineSplitter } from '../../wire/lines/short-line-splitter.ts';
import { readOwnBytes } from '../claude-run/own-files.ts';
import { type SessionDigest, SessionReading } from './session-digest.ts';

export interface SessionLog {
  readonly digest: SessionDigest;
  readonly bytes: number;
  readonly lines: number;
  /** No JSON: torn by a crash, or no line of a session at all. */
  readonly badLines: number;
  /** Larger than is read, though their long strings are cut. */
  readonly tooLongLines: number;
}

/** As much as one input may be long before it is cut, in bytes. */
const MAX_STRING_BYTES = 32 * 1024;
/** With its strings cut. Made a value, it takes many times that. */
const MAX_LINE_BYTES = 2 * 1024 * 1024;

const NO_LINE = /^\s*$/;

/** `seenInputs` as in `SessionReading`. Throws `UnreadableFile`. */
export async function readSessionLog(file: string, seenInputs: Set<string>): Promise<SessionLog> {
  const digest = new SessionReading(seenInputs);
  const counts = { bytes: 0, lines: 0, badLines: 0, tooLongLines: 0 };
  const splitter = new ShortLineSplitter(
    {
      line(bytes) {
        const taken = takeLine(bytes, digest);
        if (taken === 'blank') return;
        counts.lines += 1;
        if (taken === 'bad') counts.badLines += 1;
      },
      tooLong() {
        counts.lines += 1;
        counts.tooLongLines += 1;
      },
    },
    { maxStringBytes: MAX_STRING_BYTES, maxLineBytes: MAX_LINE_BYTES },
  );
  for await (const chunk of readOwnBytes(file)) {
    counts.bytes += chunk.length;
    splitter.push(chunk);
  }
  splitter.end();
  return { digest, ...counts };
}

function takeLine(bytes: Buffer, reading: SessionReading): 'taken' | 'blank' | 'bad' {
  const text = bytes.toString('utf8');
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
