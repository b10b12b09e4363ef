/** Clearing up by age: what lies in a folder of ours and was not touched for too long. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** `before`, in milliseconds: what was changed by then goes, unless `isSpared`. The names that stay; what cannot be removed is for the next time. */
export async function removeOlder(
  dir: string,
  before: number,
  isSpared: (place: string) => boolean = () => false,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of await readdir(dir).catch(() => [])) {
    const place = path.join(dir, name);
    const found = await stat(place).catch(() => undefined);
    // Somebody else has just removed it, and may make it anew.
    if (found === undefined) continue;
    if (found.mtimeMs >= before || isSpared(place)) left.push(name);
    else await rm(place, { recursive: true, force: true }).catch(() => {});
  }
  return left;
}
