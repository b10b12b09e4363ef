/** The folder that everything is written to: ours, closed to others, writable, with room left. */
import { accessSync, constants, lstatSync, type Stats } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { ANDWAIT_HOME } from '../../wire/environment/state-variables.ts';
import type { Check, Finding } from './finding.ts';

const about = 'state';
const ELSEWHERE = `or set ${ANDWAIT_HOME} to a folder of yours`;
const LEAST_FREE_BYTES = 500e6;
const LEAST_FREE_SHARE = 0.01;

export const checkStateFolder: Check = async (program) => {
  let dir: string;
  try {
    dir = stateDir(program);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ about, level: 'problem', message: error.message }];
  }
  const stats = look(dir);
  if (typeof stats === 'string') return [unseen(dir, stats)];
  return [stats === undefined ? unmade(dir) : judged(dir, stats, program), ...(await room(dir))];
};

/** `undefined`: it is not there; a text: the system's code for why that cannot be known. */
function look(dir: string): Stats | string | undefined {
  try {
    return lstatSync(dir, { throwIfNoEntry: false });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function unseen(dir: string, code: string): Finding {
  const message = `${dir} cannot be looked into (${code})`;
  const closed = nearest(dir);
  const remedy =
    code === 'EACCES'
      ? `chmod u+x ${closed}, or whichever folder above it is closed to you, ${ELSEWHERE}`
      : `see what is wrong with ${closed}, ${ELSEWHERE}`;
  return { about, level: 'problem', message, remedy };
}

/** Whether files can be made there, or it itself can. */
export function mayBeWritten(dir: string): boolean {
  return mayWrite(look(dir) === undefined ? nearest(dir) : dir);
}

/** Made by the first run; whether it can be is asked of the nearest folder there is. */
function unmade(dir: string): Finding {
  const parent = nearest(dir);
  if (mayWrite(parent)) return { about, level: 'ok', message: `${dir} will be made by the first run` };
  const message = `${dir} does not exist and cannot be made: ${parent} is not writable`;
  return { about, level: 'problem', message, remedy: `make it yourself, ${ELSEWHERE}` };
}

function judged(dir: string, stats: Stats, { uid }: Program): Finding {
  const problem = (what: string, remedy: string): Finding => ({
    about,
    level: 'problem',
    message: `${dir} ${what}`,
    remedy,
  });
  if (stats.isSymbolicLink()) return judgedTarget(dir, uid, problem);
  if (!stats.isDirectory()) return problem('is not a folder', `move it away, ${ELSEWHERE}`);
  if (stats.uid !== uid) {
    return problem(`belongs to uid ${stats.uid}, not to you (uid ${uid})`, `chown it, ${ELSEWHERE}`);
  }
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8);
    return problem(`can be read by others (mode ${mode}): it holds prompts and answers`, `chmod 700 ${dir}`);
  }
  if (!mayWrite(dir)) return problem('is not writable', `chmod u+rwx ${dir}, ${ELSEWHERE}`);
  return { about, level: 'ok', message: dir };
}

/** A link of one's own to a larger disk is common, and as good as what it leads to. */
function judgedTarget(dir: string, uid: number, problem: (what: string, remedy: string) => Finding): Finding {
  try {
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return { about, level: 'ok', message: `${dir} (a link)` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return problem(`is a link that leads nowhere uid ${uid} may write (${code})`, `mend it, ${ELSEWHERE}`);
  }
}

function mayWrite(dir: string): boolean {
  try {
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The nearest folder above it that can be seen. */
function nearest(dir: string): string {
  const parent = path.dirname(dir);
  const found = look(parent);
  const exists = found !== undefined && typeof found !== 'string';
  return exists || parent === dir ? parent : nearest(parent);
}

async function room(dir: string): Promise<Finding[]> {
  const at = look(dir) === undefined ? nearest(dir) : dir;
  const disk = await statfs(at).catch(() => undefined);
  return disk === undefined ? [] : [judgedRoom(at, disk.bavail * disk.bsize, disk.blocks * disk.bsize)];
}

/** A journal that cannot be written stops its run. */
export function judgedRoom(dir: string, freeBytes: number, allBytes: number): Finding {
  const message = `${(freeBytes / 1e9).toFixed(1)} GB free on the disk of ${dir}`;
  if (freeBytes >= LEAST_FREE_BYTES && freeBytes >= allBytes * LEAST_FREE_SHARE) {
    return { about: 'disk', level: 'ok', message };
  }
  const remedy = 'make room; `andwait gc` removes old runs';
  return { about: 'disk', level: 'problem', message: `only ${message}`, remedy };
}
