/**
 * Reads the files of a folder that somebody else wrote. It may hold anything: a link out of it, a FIFO that never answers,
 * a line without an end. So: regular files only, no links, nothing larger than is said.
 */
import { constants, type Dirent } from 'node:fs';
import { type FileHandle, readdir } from 'node:fs/promises';
import type { StreamItem } from '../../wire/events/event.ts';
import { StreamItemReader } from '../../wire/events/stream-item.ts';
import { openRegularFile } from '../../wire/files/regular-file.ts';

/** A file that is there and may not be used. An absent one is `undefined` instead. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  /** What its message says behind the file's name. */
  readonly why: string;
  constructor(file: string, why: string) {
    super(`${file} ${why}`);
    this.why = why;
  }
}

/** A result of 10 MB is some 60 MB of JSON at its worst. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

async function openOwn(file: string): Promise<FileHandle | undefined> {
  try {
    const handle = await openRegularFile(file, constants.O_NOFOLLOW);
    if (handle !== undefined) return handle;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UnreadableFile(file, code === 'ELOOP' ? 'is a symbolic link' : `cannot be read (${code})`);
  }
  throw new UnreadableFile(file, 'is no regular file');
}

/** The whole of a small file; `undefined` when there is none. Throws `UnreadableFile`. */
export async function readOwnFile(file: string, maxBytes: number): Promise<Buffer | undefined> {
  await using handle = await openOwn(file);
  if (handle === undefined) return undefined;
  const { size } = await handle.stat();
  if (size > maxBytes) throw new UnreadableFile(file, `has ${size} bytes, more than ${maxBytes}`);
  return await handle.readFile();
}

/** Size and time of last change of a regular file; `undefined` when there is none. Throws `UnreadableFile`. */
export async function statOwnFile(
  file: string,
): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
  await using handle = await openOwn(file);
  return await handle?.stat();
}

/**
 * Its bytes as they are read, `maxBytes` of them at most; nothing when there is no file. As long as it is when it is opened: one
 * that grows faster than it is read would have no end. Throws `UnreadableFile`.
 */
export async function* readOwnBytes(
  file: string,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  await using handle = await openOwn(file);
  if (handle === undefined) return;
  const { size } = await handle.stat();
  const bytes = Math.min(size, maxBytes);
  if (bytes === 0) return;
  for await (const chunk of handle.createReadStream({ autoClose: false, start: 0, end: bytes - 1 })) {
    yield chunk as Buffer;
  }
}

/** JSON lines, as many at a time as one read brings; nothing when there is no file. Throws `UnreadableFile`. */
export async function* readOwnLines(file: string): AsyncGenerator<readonly StreamItem[]> {
  let items: StreamItem[] = [];
  const reader = new StreamItemReader((item) => items.push(item), MAX_LINE_BYTES);
  for await (const chunk of readOwnBytes(file)) {
    reader.push(chunk);
    yield items;
    items = [];
  }
  reader.end();
  yield items;
}

/** Names are told to terminals, and no program gives its files such ones. */
export const CONTROL_CHARACTER = /[\0-\x1f\x7f-\x9f]/;

/** Names in a folder, sorted; links are left out. Nothing when there is no such folder. */
export async function namesIn(dir: string, kind: 'files' | 'folders'): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [] as Dirent[];
    throw new UnreadableFile(dir, `cannot be read (${error.code})`);
  });
  return entries
    .filter((entry) => (kind === 'files' ? entry.isFile() : entry.isDirectory()))
    .map(({ name }) => name)
    .filter((name) => !CONTROL_CHARACTER.test(name))
    .sort();
}
