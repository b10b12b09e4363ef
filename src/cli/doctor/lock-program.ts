/** Runs and the pool are locked by the kernel; on Linux Node needs the `flock` program to ask for that. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import { FLOCK_PROGRAMS } from '../../journal/open-locked.ts';
import type { Check, Finding } from './finding.ts';

export const checkLockProgram: Check = async () => judgedLock(os.platform(), existsSync);

export function judgedLock(platform: NodeJS.Platform, exists: (file: string) => boolean): Finding[] {
  const about = 'locks';
  if (platform !== 'linux') return [];
  const program = FLOCK_PROGRAMS.find(exists);
  if (program !== undefined) return [{ about, level: 'ok', message: program }];
  const message = `there is no flock program (looked for ${FLOCK_PROGRAMS.join(', ')}): no run can be locked`;
  return [{ about, level: 'problem', message, remedy: 'install util-linux or BusyBox' }];
}
