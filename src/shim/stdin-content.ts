/**
 * What a call below `exec` is asked on stdin, as far as it can be known beforehand: then a recorded answer may stand for
 * it. Whatever was read on the way is handed on.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import type { Clock } from '../core/ports.ts';

export interface StdinContent {
  /** `undefined`: nobody can say, so no recorded answer fits. */
  readonly digest: string | undefined;
  /** What came from a pipe, which is empty now; `undefined`: descriptor 0 is as it was. */
  readonly taken: TakenPipe | undefined;
  /** A pipe that said nothing: the program goes on without it, and whatever comes too late must not reach it. */
  readonly isSilent: boolean;
}

export interface TakenPipe {
  readonly bytes: Buffer;
  /** What follows, when there was too much of it. */
  readonly rest: Socket | undefined;
}

const STDIN = 0;
const STDIN_PATH = '/proc/self/fd/0';
const MAX_BYTES = 16 * 1024 * 1024;
/** As long as the real program waits for the first byte. */
const SILENCE_MS = 3_000;

const UNKNOWN: StdinContent = { digest: undefined, taken: undefined, isSilent: false };

export async function readStdinContent(isClosed: boolean, clock: Clock): Promise<StdinContent> {
  if (isClosed) return { ...UNKNOWN, digest: 'closed' };
  try {
    const stats = fstatSync(STDIN);
    if (stats.isFile()) return { ...UNKNOWN, digest: await fileDigest() };
    if (stats.isFIFO()) return await readPipe(clock);
    if (!stats.isCharacterDevice()) return UNKNOWN;
    // The program reads no terminal.
    if (isatty(STDIN)) return { ...UNKNOWN, digest: 'terminal' };
    return stats.rdev === statSync('/dev/null').rdev
      ? { ...UNKNOWN, digest: digestOf(Buffer.alloc(0)) }
      : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

/** From where the shared offset stands, which is not moved. */
async function fileDigest(): Promise<string> {
  const start = Number(/^pos:\s*(\d+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'latin1'))?.[1] ?? 0);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(STDIN_PATH, { start })) hash.update(chunk as Buffer);
  return named(hash);
}

/** Opened anew, so that only our own reading is non-blocking, and not the caller's pipe. */
async function readPipe(clock: Clock): Promise<StdinContent> {
  const socket = new Socket({
    fd: openSync(STDIN_PATH, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = await new Promise<'all' | 'silent' | 'too-much'>((resolve) => {
    const stopWaiting = clock.after(SILENCE_MS, () => resolve('silent'));
    socket.on('data', (chunk: Buffer) => {
      stopWaiting();
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) resolve('too-much');
    });
    const all = (): void => {
      stopWaiting();
      resolve('all');
    };
    socket.once('end', all);
    socket.once('error', all);
  });
  socket.removeAllListeners('data');
  socket.pause();
  if (end === 'silent') {
    socket.destroy();
    return { digest: 'silent', taken: undefined, isSilent: true };
  }
  const taken = { bytes: Buffer.concat(chunks), rest: end === 'too-much' ? socket : undefined };
  if (taken.rest === undefined) socket.destroy();
  return { digest: taken.rest ? undefined : digestOf(taken.bytes), taken, isSilent: false };
}

function digestOf(bytes: Buffer): string {
  return named(createHash('sha256').update(bytes));
}

/** The same bytes are the same question, whether they came from a file, a pipe or /dev/null. */
function named(hash: Hash): string {
  return `bytes:${hash.digest('hex')}`;
}

/** Whether a pipe has anything to say, or has ended, without waiting for it. What it says is lost. */
export function hasSpoken(): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(STDIN_PATH, constants.O_RDONLY | constants.O_NONBLOCK);
    readSync(descriptor, Buffer.alloc(1));
    return true;
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
