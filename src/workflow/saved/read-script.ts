/** Reads a script named by another one, or found lying there: nobody vouches for what kind of file it is. */
import { MAX_SCRIPT_BYTES } from '../../script/decode-script.ts';
import { parseMeta, parseSource, ScriptRefused, type ScriptSource } from '../../script/parse-script.ts';
import type { Meta } from '../../script/read-meta.ts';
import { readRegularFile } from '../../wire/files/regular-file.ts';

export type ScriptReading<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** `isInvalid`: it was read, and is no workflow script. `why` is one line. */
  | { readonly kind: 'refused'; readonly why: string; readonly isInvalid: boolean };

/** Rejects with bugs only. */
export async function readScript(file: string): Promise<ScriptReading<ScriptSource>> {
  return await readAs(file, parseSource);
}

/** Of a script whose body may still be refused. Rejects with bugs only. */
export async function readMetaOf(file: string): Promise<ScriptReading<Meta>> {
  return await readAs(file, parseMeta);
}

async function readAs<Value>(
  file: string,
  parse: (bytes: Uint8Array, file: string) => Value,
): Promise<ScriptReading<Value>> {
  try {
    const reading = await readRegularFile(file, MAX_SCRIPT_BYTES);
    if (reading.kind === 'refused') return { ...reading, isInvalid: false };
    return { kind: 'read', value: parse(reading.bytes, file) };
  } catch (error) {
    if (error instanceof ScriptRefused) {
      return { kind: 'refused', why: firstLine(error.message), isInvalid: true };
    }
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { kind: 'refused', why: String(error.code), isInvalid: false };
  }
}

/** The frame under the message quotes the file: that is for its author, not for a script that may not read files. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
