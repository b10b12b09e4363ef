/**
 * The folder of the user's one pool. It depends on the uid alone (or on ANDWAIT_HOME), so that cron, a login shell and a CI
 * step meet in it whatever they made of HOME. Looked for by those who use the pool, and by those who keep agents from it.
 */
import { accessSync, constants, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { ANDWAIT_HOME } from '../environment/state-variables.ts';

/** What the system tells, so that a test can tell something else. */
export interface SystemPlaces {
  /** Home folder of the uid's passwd entry. */
  readonly passwdHome: string | undefined;
  readonly temporary: string;
}

export type PlaceSource = Pick<Program, 'env' | 'uid' | 'homeDir'>;

/** Throws `UserError` where ANDWAIT_HOME is no place. */
export function poolFolder(
  { env, uid, homeDir }: PlaceSource,
  { passwdHome, temporary }: SystemPlaces = systemPlaces(),
): string {
  const own = env[ANDWAIT_HOME];
  if (own) {
    if (!path.isAbsolute(own)) {
      throw new UserError(`${ANDWAIT_HOME} is ${JSON.stringify(own)}; it must be an absolute path`);
    }
    return path.join(own, 'pool');
  }
  for (const home of [passwdHome, homeDir]) {
    if (isWritableFolder(home)) return path.join(home, '.local/state/andwait/pool');
  }
  return path.join(temporary, `andwait-${uid}`, 'pool');
}

/** An entry may name a folder that is not there (`/nonexistent`), or is another's: containers run under any uid. */
function isWritableFolder(home: string | undefined): home is string {
  if (home === undefined || !path.isAbsolute(home)) return false;
  try {
    accessSync(home, constants.W_OK | constants.X_OK);
    return statSync(home).isDirectory();
  } catch {
    return false;
  }
}

export function systemPlaces(): SystemPlaces {
  return { passwdHome: passwdHome(), temporary: os.platform() === 'darwin' ? os.tmpdir() : '/tmp' };
}

/** Not `os.homedir()`, which believes HOME. Throws for a uid without an entry. */
function passwdHome(): string | undefined {
  try {
    return os.userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}
