/**
 * Where the one pool of a user is: its folder depends on the uid alone (or on ANDWAIT_HOME), so that cron, a login shell
 * and a CI step meet in it whatever they made of HOME. Loaded by every `claude -p` below the shim: Node's own modules only.
 */
import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { makeFolders } from '../wire/make-folders.ts';
import { smallTextIn } from '../wire/small-file.ts';
import { ANDWAIT_HOME } from '../wire/state-variables.ts';

/** The files of the pool's folder. */
export interface PoolPlace {
  /** 0700, ours. */
  readonly dir: string;
  /** 0600: who can read it is the user. Made by the first broker, kept for ever. */
  readonly tokenFile: string;
  /** Locked by the broker as long as it lives (`openLocked`). */
  readonly lockFile: string;
  /** Locked by the client that starts a broker, for that moment (`openLocked`). */
  readonly startingFile: string;
  /** Where the living broker listens; see `SocketNote`. Written once it listens, removed when it ends by itself. */
  readonly socketNoteFile: string;
  /** What is held: grants, agents and ends, for the broker that follows a crash. */
  readonly heldFile: string;
  /** What `andwait pool set` chose. */
  readonly settingsFile: string;
  /** Last words of brokers that failed. */
  readonly logFile: string;
}

/** `socket.json`. */
export interface SocketNote {
  readonly path: string;
  readonly pid: number;
  /** Of andwait, for people. */
  readonly version: string;
}

/** What the system tells, so that a test can tell something else. */
export interface SystemPlaces {
  /** Home folder of the uid's passwd entry. */
  readonly passwdHome: string | undefined;
  readonly temporary: string;
}

export type PlaceSource = Pick<Program, 'env' | 'uid' | 'homeDir'>;

export function poolPlace(program: PlaceSource, system: SystemPlaces = systemPlaces()): PoolPlace {
  const dir = poolDir(program, system);
  const file = (name: string): string => path.join(dir, name);
  return {
    dir,
    tokenFile: file('token'),
    lockFile: file('lock'),
    startingFile: file('starting'),
    socketNoteFile: file('socket.json'),
    heldFile: file('held.ndjson'),
    settingsFile: file('settings.json'),
    logFile: file('broker.log'),
  };
}

function poolDir({ env, uid, homeDir }: PlaceSource, { passwdHome, temporary }: SystemPlaces): string {
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

/** Makes a folder that is ours alone, its parents too, or throws a `UserError` that says why it cannot be had. */
export function makeOwnFolder(dir: string, uid: number): void {
  try {
    makeFolders(dir, 0o700);
  } catch (error) {
    throw new UserError(
      `cannot make the pool's folder ${dir} (${(error as NodeJS.ErrnoException).code}); set ${ANDWAIT_HOME} to a folder of yours`,
    );
  }
  requireOwn(dir, uid);
  // Below the system's temporary folder anybody could have made the parent first.
  if (path.basename(path.dirname(dir)) === `andwait-${uid}`) requireOwn(path.dirname(dir), uid);
}

/** Whom it lets in can connect, and read the token. `lstat`: a link leads where somebody else wants it to. */
function requireOwn(dir: string, uid: number): void {
  const stat = lstatSync(dir);
  if (!stat.isDirectory()) throw new UserError(`${dir} is no folder; remove it, or set ${ANDWAIT_HOME}`);
  if (stat.uid !== uid) {
    throw new UserError(
      `the pool's folder ${dir} belongs to uid ${stat.uid}, not to you (uid ${uid}); set ${ANDWAIT_HOME} to a folder of yours`,
    );
  }
  if ((stat.mode & 0o077) !== 0) {
    throw new UserError(`the pool's folder ${dir} is open to others; close it with: chmod 700 ${dir}`);
  }
}

/** Of the token and the note. */
const MAX_BYTES = 8 * 1024;
const TOKEN = /^[0-9a-f]{64}$/;

/** `undefined`: no broker has ever run here, or the file is damaged and the next broker makes it anew. */
export function readToken({ tokenFile }: PoolPlace): string | undefined {
  const text = smallTextIn(tokenFile, MAX_BYTES)?.trim();
  return text !== undefined && TOKEN.test(text) ? text : undefined;
}

/** `undefined`: nobody listens, as far as is known. What it names may be gone: only an answer means that a broker lives. */
export function readSocketNote({ socketNoteFile }: PoolPlace): SocketNote | undefined {
  try {
    const note: unknown = JSON.parse(smallTextIn(socketNoteFile, MAX_BYTES) ?? '');
    if (typeof note !== 'object' || note === null) return undefined;
    const { path: socketPath, pid, version } = note as Partial<Record<keyof SocketNote, unknown>>;
    if (typeof socketPath !== 'string' || typeof pid !== 'number') return undefined;
    return { path: socketPath, pid, version: String(version) };
  } catch {
    return undefined;
  }
}
