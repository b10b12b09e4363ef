/**
 * Makes a folder and those above it. Not `recursive: true`: Node retries for ever, in a thread that nothing stops, where the
 * kernel says ENOENT of a folder whose parent exists, as /proc does.
 */
import { existsSync, mkdirSync } from 'node:fs';
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
