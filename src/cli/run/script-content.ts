/** Reads the file that a user named as a script: a FIFO that nobody writes to would hold the program whatever signal came. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import { MAX_SCRIPT_BYTES } from '../../script/decode-script.ts';

/** What a shell hands over in place of a file, as for `<(…)`. */
const HANDED = /^\/(?:dev|proc)\//;
/** Above this a file is none that somebody took for a script, and a device may have no end. */
const MOST_BYTES = 16 * MAX_SCRIPT_BYTES;

/** `named`: as the user wrote it. Rejects with the system's error, or `UserError`. */
export async function scriptContent(named: string, cwd: string): Promise<Buffer> {
  const file = path.resolve(cwd, named);
  const found = await stat(file);
  if (!found.isFile() && !found.isDirectory() && !HANDED.test(file)) {
    throw new UserError(
      `${JSON.stringify(named)} is a FIFO, a socket or a device; give the path of a workflow script, or /dev/stdin for one from a pipe`,
    );
  }
  await using handle = await open(file);
  return await wholeOf(handle, named);
}

async function wholeOf(handle: FileHandle, named: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of handle.createReadStream({ autoClose: false })) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) {
      throw new UserError(
        `${JSON.stringify(named)} has more than ${MOST_BYTES.toLocaleString('en-US')} bytes; a workflow script has at most ${MAX_SCRIPT_BYTES.toLocaleString('en-US')}`,
      );
    }
  }
  return Buffer.concat(chunks);
}
