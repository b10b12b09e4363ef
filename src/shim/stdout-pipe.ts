/**
 * The pipe the program writes to. A real one: what Node calls a pipe is a socket, which cannot be opened as /dev/stdout.
 * The sh front left us the read end of one; the kernel opens both ends anew for whoever has either.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

export interface StdoutPipe {
  /** For the program, to be closed by us once it runs. */
  readonly writeEnd: number;
  readonly output: Readable;
}

/** `undefined` where there is none to be had. */
export function openStdoutPipe(descriptor: number | undefined): StdoutPipe | undefined {
  if (descriptor === undefined) return undefined;
  const opened: number[] = [descriptor];
  const open = (flags: number): number => {
    const end = openSync(`/proc/self/fd/${descriptor}`, flags);
    opened.push(end);
    return end;
  };
  try {
    if (!fstatSync(descriptor).isFIFO()) return undefined;
    // Non-blocking for us alone: each opening has flags of its own.
    const readEnd = open(constants.O_RDONLY | constants.O_NONBLOCK);
    const writeEnd = open(constants.O_WRONLY);
    readSync(readEnd, Buffer.alloc(1));
    const output = new Socket({ fd: readEnd, readable: true, writable: false });
    closeSync(descriptor);
    return { writeEnd, output };
  } catch {
    for (const end of opened) closeSync(end);
    return undefined;
  }
}
