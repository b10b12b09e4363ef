/**
 * One process at a time works on a run. The lock is the kernel's, on a file of the run's private folder: it has no name
 * that others could take, holds across containers that share the folder, and is gone the instant its holder is, SIGKILL
 * included, so there is no stale lock to guess about.
 */
import { close } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { openLocked } from './open-locked.ts';

export interface RunLock {
  /** Gives the run free. */
  release(): Promise<void>;
}

/**
 * Two files, so that looking never disturbs: who wants to work on the run takes the first, and whoever has it holds the
 * second too. Onlookers touch the second alone: for the moment they hold it, the holder to be waits, and is not refused.
 */
const MUTEX = 'lock';
const BUSY = 'lock.busy';

const closeFile = promisify(close);

/** `undefined`: somebody else works on it. */
export async function takeRunLock(dir: string): Promise<RunLock | undefined> {
  const mutex = await openLocked(path.join(dir, MUTEX), 'exclusive');
  if (mutex === undefined) return undefined;
  try {
    const busy = await openLocked(path.join(dir, BUSY), 'exclusive-waiting');
    return {
      release: async () => {
        // The mutex first: whom an onlooker tells that the run is free must not be refused.
        await closeFile(mutex);
        if (busy !== undefined) await closeFile(busy);
      },
    };
  } catch (error) {
    await closeFile(mutex);
    throw error;
  }
}

/** Whether somebody works on the run, without disturbing them, and without leaving a trace in the folder. */
export async function isRunLocked(dir: string): Promise<boolean> {
  try {
    const busy = await openLocked(path.join(dir, BUSY), 'shared');
    if (busy !== undefined) await closeFile(busy);
    return busy === undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
