/**
 * Makes a folder and those above it. Not `recursive: true`: Node retries for ever, in a thread that nothing stops, where the
 * kernel says ENOENT of a folder whose parent exists, as /proc does.
 */
import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** `mode` of those that are made. Throws the system's error. */
export function makeFolders(dir: string, mode?: number): void {
  if (existsSync(dir)) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeFolders(parent, mode);
  try {
    mkdirSync(dir, { mode });
  } catch (error) {
    // Another process made it first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Makes a folder inside one of ours, closed to others. Throws the system's error, or one that says what stands there instead: a
 * link would have what is private written wherever somebody wants it.
 */
export function makeInnerFolder(dir: string, uid: number): void {
  makeFolders(dir, 0o700);
  const stat = lstatSync(dir);
  if (!stat.isDirectory()) throw new Error(`${dir} is no folder (a link to one is none); move it away`);
  if (stat.uid !== uid) throw new Error(`${dir} belongs to uid ${stat.uid}, not to you (uid ${uid})`);
}
