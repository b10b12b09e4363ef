/** Where runs live: one place per user, private, found without configuration. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/exit.ts';

/** Set by the user: the folder for everything andwait keeps. */
export const ANDWAIT_HOME = 'ANDWAIT_HOME';
/** Set by the desktop or the user (XDG base directories). */
export const XDG_STATE_HOME = 'XDG_STATE_HOME';

export interface StateDirSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string | undefined;
}

/** `$ANDWAIT_HOME`, else `$XDG_STATE_HOME/andwait`, else `~/.local/state/andwait`. */
export function stateDir({ env, homeDir }: StateDirSource): string {
  const own = env[ANDWAIT_HOME];
  if (own) {
    if (!path.isAbsolute(own)) {
      throw new UserError(`${ANDWAIT_HOME} is ${JSON.stringify(own)}; it must be an absolute path`);
    }
    return path.resolve(own);
  }
  const xdg = env[XDG_STATE_HOME];
  // The XDG specification: a relative path in these variables is invalid and must be ignored.
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'andwait');
  if (homeDir !== undefined && path.isAbsolute(homeDir)) return path.join(homeDir, '.local/state/andwait');
  throw new UserError(
    `there is no place for the runs: HOME is ${homeDir === undefined ? 'not set and this user has no home folder' : JSON.stringify(homeDir)}; set ${ANDWAIT_HOME} to a folder of yours`,
  );
}

/** Makes a folder nobody else can look into, or says why it cannot be had. */
export function makePrivateDir(dir: string, uid: number): void {
  try {
    makeDirs(dir);
  } catch (error) {
    throw new UserError(
      `cannot write to the state folder ${dir} (${(error as NodeJS.ErrnoException).code}); set ${ANDWAIT_HOME} to a folder of yours`,
    );
  }
  const owner = statSync(dir).uid;
  // Another user's folder would hand them our transcripts, or us theirs. Windows has no uids and reports 0.
  if (owner !== uid) {
    throw new UserError(
      `the state folder ${dir} belongs to uid ${owner}, not to you (uid ${uid}); set ${ANDWAIT_HOME} to a folder of yours`,
    );
  }
}

/** Not `recursive: true`: Node retries for ever where the kernel says ENOENT of a folder whose parent exists, as /proc does. */
function makeDirs(dir: string): void {
  if (existsSync(dir)) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeDirs(parent);
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another process made it first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
