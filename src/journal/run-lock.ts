/**
 * One process at a time works on a run. The lock is the kernel's, not a file's: it is gone the instant its holder is,
 * SIGKILL included, so there is no stale lock to guess about.
 */
import { constants, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface RunLock {
  /** Gives the run free. */
  release(): Promise<void>;
}

/** `undefined`: somebody else works on it. */
export async function takeRunLock(dir: string, random: () => number): Promise<RunLock | undefined> {
  const file = path.join(dir, 'lock');
  return os.platform() === 'linux' ? await bindName(nameIn(file, random)) : await lockFile(file);
}

/** Whether somebody works on the run, without disturbing them. */
export async function isRunLocked(dir: string): Promise<boolean> {
  const file = path.join(dir, 'lock');
  if (os.platform() === 'linux') return await answers(readName(file));
  const lock = await lockFile(file);
  await lock?.release();
  return lock === undefined;
}

/**
 * The name is random and kept in the run's private folder: abstract socket names have no owner, and one that could be
 * guessed could be squatted by another user.
 */
function nameIn(file: string, random: () => number): string {
  const known = readName(file);
  if (known !== undefined) return known;
  const name = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  // Linked into place whole: a second process must never read half a name and bind another lock than ours.
  const draft = `${file}.${name}`;
  writeFileSync(draft, name, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
    return name;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(file, 'utf8');
  } finally {
    unlinkSync(draft);
  }
}

function readName(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8') || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A leading NUL makes it an abstract socket: bound by one process at most, freed by the kernel. It never takes commands. */
function bindName(name: string): Promise<RunLock | undefined> {
  const server: Server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(`\0andwait-run-${name}`, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

function answers(name: string | undefined): Promise<boolean> {
  if (name === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(`\0andwait-run-${name}`);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** BSD and macOS open a file with its lock; the descriptor, and with it the lock, ends with the process. */
const O_EXLOCK = 0x20;

async function lockFile(file: string): Promise<RunLock | undefined> {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
    const handle = await open(file, flags, 0o600);
    return { release: () => handle.close() };
  } catch (error) {
    if (['EAGAIN', 'EWOULDBLOCK'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
