/**
 * Reads and lengthens small files of ours, now and not later: where a FIFO or a device was put in a file's place, opening
 * it would wait for somebody at its other end, and a broker that waits serves nobody. Loaded for every `claude -p`.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOFOLLOW } = constants;

/** `undefined` when it cannot be read, is no regular file, or is larger than anything we write there. */
export function smallTextIn(file: string, maxBytes: number): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, O_RDONLY | O_NONBLOCK);
    const stat = fstatSync(descriptor);
    return stat.isFile() && stat.size <= maxBytes ? readFileSync(descriptor, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Makes it where it is missing. Throws the system's error, and where it is no regular file. */
export function appendSmall(file: string, text: string): void {
  const descriptor = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0o600);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error(`${file} is no regular file`);
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
