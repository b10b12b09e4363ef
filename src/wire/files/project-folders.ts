/** Whose settings count for a working directory: its repository's, and outside of one its own alone. */
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * From `cwd` up to the root of its repository, nearest first. Where there is no repository, `cwd` alone: above it lie
 * folders like /tmp, where any user could leave a workflow for us to run.
 */
export async function projectFolders(cwd: string): Promise<string[]> {
  const folders: string[] = [];
  const start = path.resolve(cwd);
  for (let dir = start; ; dir = path.dirname(dir)) {
    folders.push(dir);
    if (await isRepository(dir, start)) return folders;
    if (dir === path.dirname(dir)) return [start];
  }
}

/** A `.git` that a stranger left above us would make their folder our repository: it must be root's, or belong to who owns `cwd`. */
async function isRepository(dir: string, cwd: string): Promise<boolean> {
  try {
    const { uid } = await lstat(path.join(dir, '.git'));
    return uid === 0 || uid === (await stat(cwd)).uid;
  } catch (error) {
    // Absent, or in a folder we may not look into: a cron job's cwd may lie below such a one.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
