/** Reads files that anybody may have put there: a FIFO never answers and a device never ends, so only regular files are read, and only so far. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export type FileReading =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly why: string };

/** `undefined` when it is something else: folder, FIFO, device, socket. Rejects with the system's error when it cannot be opened. */
export async function openRegularFile(file: string, moreFlags = 0): Promise<FileHandle | undefined> {
  // O_NONBLOCK: opening a FIFO for reading would wait for a writer for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | moreFlags);
  try {
    // Asked of what was opened: a path may lead elsewhere a moment later.
    if ((await handle.stat()).isFile()) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/** Follows links. Rejects with the system's error when the file cannot be opened or read. */
export async function readRegularFile(file: string, maxBytes: number): Promise<FileReading> {
  await using handle = await openRegularFile(file);
  if (handle === undefined) return { kind: 'refused', why: 'not a regular file' };
  // Counted while reading: the files of /proc say that they are empty, and others grow.
  const chunks: Buffer[] = [];
  for await (const chunk of handle.createReadStream({ end: maxBytes, autoClose: false })) {
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  return bytes.length > maxBytes
    ? { kind: 'refused', why: `more than ${maxBytes.toLocaleString('en-US')} bytes` }
    : { kind: 'read', bytes };
}
