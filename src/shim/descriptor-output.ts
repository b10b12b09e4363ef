/** Writes to a descriptor that others share: never through Node's streams, which would make it non-blocking for all of them. */
import { write, writeSync } from 'node:fs';
import type { Clock } from '../core/ports.ts';
import { elapsed } from '../wire/waiting.ts';

const STDOUT = 1;
const STDERR = 2;

/** Somebody else made the pipe non-blocking, and it is full. */
const FULL_RETRY_MS = 5;

/** In a thread of its own, so that a reader that takes its time keeps no signal from us. False when nobody reads any more. */
export async function writeStdout(bytes: Uint8Array, clock: Clock): Promise<boolean> {
  for (let at = 0; at < bytes.length; ) {
    const written = await writePart(bytes, at);
    if (typeof written === 'number') at += written;
    else if (written.code === 'EAGAIN') await elapsed(clock, FULL_RETRY_MS);
    else return false;
  }
  return true;
}

function writePart(bytes: Uint8Array, at: number): Promise<number | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    write(STDOUT, bytes, at, bytes.length - at, null, (error, written) => resolve(error ?? written));
  });
}

/** One line for a person, where there is anybody to read it. */
export function tell(line: string): void {
  try {
    writeSync(STDERR, `andwait: ${line}\n`);
  } catch {
    // Nobody there; the exit status says it, too.
  }
}
