/** Files that are either wholly there or not at all, and never readable by others. */
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Written beside the target, synced, then renamed over it: a crash leaves the old file or the new one. */
export async function writeFileAtomic(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.new`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncDir(path.dirname(file));
}

/** A name that came or changed is durable only once its folder is. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
