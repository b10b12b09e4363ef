/** Reads a script named by another one, or found lying there: nobody vouches for what kind of file it is. */
import { MAX_SCRIPT_BYTES } from '../../script/decode-script.ts';
import { parseSource, ScriptRefused, type ScriptSource } from '../../script/parse-script.ts';
import { readRegularFile } from '../../wire/files/regular-file.ts';

export type ScriptReading =
  | { readonly kind: 'read'; readonly source: ScriptSource }
  /** `isInvalid`: it was read, and is no workflow script. `why` is one line. */
  | { readonly kind: 'refused'; readonly why: string; readonly isInvalid: boolean };

/** Rejects with bugs only. */
export async function readScript(file: string): Promise<ScriptReading> {
  try {
    const reading = await readRegularFile(file, MAX_SCRIPT_BYTES);
    if (reading.kind === 'refused') return { ...reading, isInvalid: false };
    return { kind: 'read', source: parseSource(reading.bytes, file) };
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
