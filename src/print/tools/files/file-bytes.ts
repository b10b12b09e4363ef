/** Bytes of files on their way in and out: whole or not at all, with the mode, the owner and the links that the file had. */
import { type BigIntStats, constants } from 'node:fs';
import { chmod, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '../../../wire/files/make-folders.ts';
import { openRegularFile } from '../../../wire/files/regular-file.ts';
import { ToolFailure } from '../typed-tool.ts';

export interface OpenedFile extends AsyncDisposable {
  /** With every symlink followed. */
  readonly file: string;
  readonly stats: BigIntStats;
  chunks(): AsyncIterable<Buffer>;
  /** Its first bytes, fewer where it is shorter. */
  start(bytes: number): Promise<Buffer>;
}

/** The environment and memory of processes: ours hold the credentials of the session. */
const OF_PROCESSES = /^\/proc\/(?:.*\/)?(?:environ|mem|auxv|maps|smaps|pagemap|kcore|kmsg)$/;

/** Throws for the model what is no file to read. `undefined`: there is none. */
export async function openFile(file: string, shown: string): Promise<OpenedFile | undefined> {
  const real = await realpath(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (real === undefined) return undefined;
  if (OF_PROCESSES.test(real)) throw new ToolFailure(`${shown} is memory of a process, not a file to read.`);
  const handle = await openRegularFile(real);
  if (handle === undefined) throw new ToolFailure(await otherKind(real, shown));
  const stats = await handle.stat({ bigint: true });
  return {
    file: real,
    stats,
    chunks: () => handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 18 }),
    async start(bytes) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    },
    [Symbol.asyncDispose]: async () => await handle.close(),
  };
}

async function otherKind(file: string, shown: string): Promise<string> {
  const isFolder = (await stat(file)).isDirectory();
  return isFolder
    ? `${shown} is a directory: name a file in it, or list it with Glob or ls.`
    : `${shown} is no regular file (a pipe, a device or a socket): it cannot be read as one.`;
}

export async function allBytes(opened: OpenedFile, maxBytes: number, shown: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of opened.chunks()) {
    total += chunk.length;
    if (total > maxBytes) {
      throw new ToolFailure(
        `${shown} has more than ${maxBytes.toLocaleString('en-US')} bytes: that is too much here.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Where a path that is not there yet will lead. Throws for the model what is no file to write. */
export async function writePlace(
  file: string,
  shown: string,
): Promise<{ file: string; stats: BigIntStats | undefined }> {
  const real = await realpath(file).catch(() => file);
  const stats = await stat(real, { bigint: true }).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (stats !== undefined && !stats.isFile()) throw new ToolFailure(await otherKind(real, shown));
  return { file: real, stats };
}

export interface Writer {
  readonly random: () => number;
  readonly uid: number;
}

/** A reader sees the old file or the new one. Folders above it are made. */
export async function writeWhole(
  { file, stats }: { readonly file: string; readonly stats: BigIntStats | undefined },
  bytes: Buffer,
  { random, uid }: Writer,
): Promise<void> {
  if (stats !== undefined && !isReplaceable(stats, uid)) {
    await writeFile(file, bytes);
    return;
  }
  makeFolders(path.dirname(file));
  const draft = path.join(path.dirname(file), `.${path.basename(file).slice(0, 100)}.${draftName(random)}`);
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    await using handle = await open(draft, flags, stats === undefined ? 0o666 : 0o600);
    await handle.writeFile(bytes);
    if (stats !== undefined) await chmod(draft, Number(stats.mode & 0o7777n));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function draftName(random: () => number): string {
  return `${Math.floor(random() * 2 ** 40).toString(36)}.tmp`;
}

/** Another name of the same file would keep the old content, another owner's file would become ours. */
function isReplaceable({ nlink, uid }: BigIntStats, ourUid: number): boolean {
  return nlink === 1n && uid === BigInt(ourUid);
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
