/** What lies in the folder of the user's one pool. Loaded by every `claude -p` below the shim: Node's own modules only. */
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import { ANDWAIT_HOME } from '../wire/environment/state-variables.ts';
import { makeFolders } from '../wire/files/make-folders.ts';
import { smallTextIn } from '../wire/files/small-file.ts';
import { type PlaceSource, poolFolder, type SystemPlaces, systemPlaces } from '../wire/pool/pool-folder.ts';

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
  /** That the account is used up, and until when. */
  readonly quotaFile: string;
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

export function poolPlace(program: PlaceSource, system: SystemPlaces = systemPlaces()): PoolPlace {
  const dir = poolFolder(program, system);
  const file = (name: string): string => path.join(dir, name);
  return {
    dir,
    tokenFile: file('token'),
    lockFile: file('lock'),
    startingFile: file('starting'),
    socketNoteFile: file('socket.json'),
    heldFile: file('held.ndjson'),
    quotaFile: file('quota.json'),
    settingsFile: file('settings.json'),
    logFile: file('broker.log'),
  };
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
