/** From the bytes of a file to a script's text: whatever is no text is refused here, so that the parser never sees it. */
import { ScriptRefused } from './script-refused.ts';

export const MAX_SCRIPT_BYTES = 524_288;

const START = { line: 1, column: 1 };

/** Contract: throws only ScriptRefused. A byte order mark is dropped; columns are counted without it. */
export function decodeScript(bytes: Uint8Array, path: string): string {
  if (bytes.length > MAX_SCRIPT_BYTES) {
    throw new ScriptRefused(
      `the script has ${grouped(bytes.length)} bytes, more than the ${grouped(MAX_SCRIPT_BYTES)} allowed (${path})\n` +
        '  pass data through --args instead of writing it into the script',
      path,
      START,
    );
  }
  const text = decoded(bytes, path);
  if (text.trim() === '') {
    const found = bytes.length === 0 ? 'the file is empty' : 'the file holds only white space';
    throw new ScriptRefused(
      `${found} (${path})\n  a workflow script begins with: export const meta = { name: '…', description: '…' }`,
      path,
      START,
    );
  }
  return text;
}

function decoded(bytes: Uint8Array, path: string): string {
  const nul = bytes.indexOf(0);
  if (nul !== -1) throw notText(`byte ${grouped(nul + 1)} is NUL`, path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    // The one thing a fatal decoder throws.
    if (!(error instanceof TypeError)) throw error;
    throw notText('it is not valid UTF-8', path);
  }
}

function notText(why: string, path: string): ScriptRefused {
  return new ScriptRefused(
    `the file is not a text file: ${why} (${path})\n  a workflow script is one plain JavaScript file in UTF-8`,
    path,
    START,
  );
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
