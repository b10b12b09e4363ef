/**
 * Where a person's session logs lie: `<folder>/*.jsonl` and one folder further down, as `projects/<project>/<session>.jsonl`.
 * What lies deeper are transcripts of agents. A link or a FIFO among them is somebody's doing, and is not read.
 */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { CONTROL_CHARACTER, readOwnBytes, UnreadableFile } from '../claude-run/own-files.ts';

export interface SessionLogPlace {
  readonly file: string;
  /** When it was last written to, in milliseconds since the epoch. */
  readonly changedAt: number;
  /** The first time that it tells, which a copy tells as well; `undefined` where none stands near its beginning. */
  readonly beganAt: number | undefined;
}

export interface SessionLogsFound {
  /** The latest begun first, then by path: the order depends on nothing but the files. */
  readonly places: readonly SessionLogPlace[];
  /** Files and folders that were not read, and why. */
  readonly refused: readonly { readonly file: string; readonly why: string }[];
}

const ENDING = '.jsonl';
const HEAD_BYTES = 64 * 1024;

/** `roots`: folders, or single files; a link that the user names is followed, one that lies below is not. Throws the system's error for a root that is not there. */
export async function findSessionLogs(roots: readonly string[]): Promise<SessionLogsFound> {
  const refused: { file: string; why: string }[] = [];
  const files = new Set<string>();
  for (const root of roots) {
    const real = await realpath(root);
    if ((await stat(real)).isDirectory())
      for (const file of await logsBelow(real, 1, refused)) files.add(file);
    else files.add(real);
  }
  const places: SessionLogPlace[] = [];
  for (const file of [...files].sort()) {
    try {
      places.push({ file, changedAt: (await stat(file)).mtimeMs, beganAt: await beginningOf(file) });
    } catch (error) {
      refused.push({ file, why: whyOf(error) });
    }
  }
  // Sorted by path already, and the sort is stable.
  places.sort((a, b) => (b.beganAt ?? 0) - (a.beganAt ?? 0));
  return { places, refused };
}

async function logsBelow(
  folder: string,
  depth: number,
  refused: { file: string; why: string }[],
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    refused.push({ file: folder, why: whyOf(error) });
    return [] as Dirent[];
  });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(folder, entry.name);
    const isFolder = entry.isDirectory();
    if (isFolder ? depth === 0 : !entry.name.endsWith(ENDING)) continue;
    if (CONTROL_CHARACTER.test(entry.name)) refused.push({ file, why: 'has control characters in its name' });
    else if (isFolder) for (const log of await logsBelow(file, depth - 1, refused)) found.push(log);
    else if (entry.isFile()) found.push(file);
    else refused.push({ file, why: entry.isSymbolicLink() ? 'is a symbolic link' : 'is no regular file' });
  }
  return found;
}

async function beginningOf(file: string): Promise<number | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of readOwnBytes(file, HEAD_BYTES)) chunks.push(chunk);
  const [, time] =
    /"timestamp":\s*"([0-9TZ:.+-]{10,35})"/.exec(Buffer.concat(chunks).toString('latin1')) ?? [];
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? undefined : at;
}

function whyOf(error: unknown): string {
  if (error instanceof UnreadableFile) return error.why;
  return `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
}
