/**
 * Opens a file with a lock on it. Node has no flock(2), but the lock belongs to the open file, not to the process that
 * asked for it: where `open` itself cannot lock, the `flock` program locks the descriptor it inherits, and leaves it to us.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { close, constants, existsSync, open } from 'node:fs';
import os from 'node:os';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { UserError } from '../core/exit.ts';

export type LockWish =
  /** For one alone; refused at once when anybody has it. Makes the file. */
  | 'exclusive'
  /** For one alone, waiting for those who look. Makes the file. */
  | 'exclusive-waiting'
  /** For any number who look; refused when one has it for itself. Rejects with ENOENT when there is no file. */
  | 'shared';

/** A bare descriptor: a forgotten `FileHandle` would be closed, and the lock lost, by the garbage collector. */
const openFile = promisify(open);
const closeFile = promisify(close);

/** These open a file locked, in one call. */
const LOCKING_OPEN: readonly NodeJS.Platform[] = ['darwin', 'freebsd', 'openbsd'];
const O_SHLOCK = 0x10;
const O_EXLOCK = 0x20;

/** The descriptor, `undefined` when refused. Locked until it is closed, or its process ends: Node hands it to no child unasked. */
export async function openLocked(file: string, wish: LockWish): Promise<number | undefined> {
  const flags = wish === 'shared' ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT;
  if (LOCKING_OPEN.includes(os.platform())) return await openWithLock(file, flags, wish);
  const descriptor = await openFile(file, flags, 0o600);
  try {
    if (await flock(descriptor, wish)) return descriptor;
  } catch (error) {
    await closeFile(descriptor);
    throw error;
  }
  await closeFile(descriptor);
  return undefined;
}

async function openWithLock(file: string, flags: number, wish: LockWish): Promise<number | undefined> {
  const lock = wish === 'shared' ? O_SHLOCK : O_EXLOCK;
  const wait = wish === 'exclusive-waiting' ? 0 : constants.O_NONBLOCK;
  try {
    return await openFile(file, flags | lock | wait, 0o600);
  } catch (error) {
    if (['EAGAIN', 'EWOULDBLOCK'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Of util-linux or BusyBox. Never looked for on PATH, which a project may have changed. */
export const FLOCK_PROGRAMS = [
  '/usr/bin/flock',
  '/bin/flock',
  '/usr/local/bin/flock',
  '/run/current-system/sw/bin/flock',
];

/** Options both of them know. */
const FLOCK_OPTIONS: Readonly<Record<LockWish, readonly string[]>> = {
  exclusive: ['-x', '-n'],
  'exclusive-waiting': ['-x'],
  shared: ['-s', '-n'],
};

const FIRST_AFTER_STDIO = 3;

async function flock(descriptor: number, wish: LockWish): Promise<boolean> {
  const program = FLOCK_PROGRAMS.find((file) => existsSync(file));
  if (program === undefined) {
    // Any other kind of lock would not be seen by those who do have flock, on the same folder.
    throw new UserError(
      `cannot lock the run: there is no flock program (looked for ${FLOCK_PROGRAMS.join(', ')}); install util-linux or BusyBox`,
    );
  }
  const child = spawn(program, [...FLOCK_OPTIONS[wish], `${FIRST_AFTER_STDIO}`], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    env: {},
    // In its own session: Ctrl-C is for us to answer.
    detached: true,
  });
  const complaints = child.stderr === null ? '' : text(child.stderr);
  const [complaint, [code, signal]] = await Promise.all([complaints, once(child, 'close')]);
  if (code === 0) return true;
  // Both end with 1 when the lock is taken; BusyBox does so for other troubles too, but then it says which.
  if (code === 1 && complaint === '') return false;
  throw new UserError(
    `cannot lock the run: ${program} ended with ${signal ?? code}: ${complaint.trim() || 'no message'}; the state folder must be on a file system that has locks`,
  );
}
