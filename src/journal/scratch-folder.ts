/** Folders of the state folder that are needed for a moment, while a run begins; those of who was killed go by their age. */
import { rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

const SCRATCH = 'start-';
const SCRATCH_MS = 86_400_000;

export interface ScratchFolder extends AsyncDisposable {
  readonly dir: string;
}

/** Closed to others, and gone with its scope. Rejects with the system's error. */
export async function scratchFolder(stateDir: string): Promise<ScratchFolder> {
  const dir = await mkdtemp(path.join(stateDir, SCRATCH));
  return { dir, [Symbol.asyncDispose]: async () => await rm(dir, { recursive: true, force: true }) };
}

export function isScratch(name: string): boolean {
  return name.startsWith(SCRATCH);
}

/** Unless somebody may still be at it. */
export function removeOldScratch(dir: string, now: number): void {
  const { mtimeMs = now } = statSync(dir, { throwIfNoEntry: false }) ?? {};
  if (now - mtimeMs > SCRATCH_MS) rmSync(dir, { recursive: true, force: true });
}
