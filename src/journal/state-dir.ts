/** Where runs live: one place per user, private, found without configuration. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import type { Environment } from '../core/program.ts';
import { ANDWAIT_HOME, XDG_STATE_HOME } from '../wire/environment/state-variables.ts';
import { makeFolders } from '../wire/files/make-folders.ts';

export interface StateDirSource {
  readonly env: Environment;
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
    makeFolders(dir, 0o700);
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
