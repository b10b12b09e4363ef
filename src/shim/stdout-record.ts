/** The bytes of a call's stdout, in its run's folder. A disk that is full costs the record, never the call. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { makeInnerFolder } from '../wire/files/make-folders.ts';

export function recordFile(runDir: string, call: number): string {
  return path.join(runDir, 'agents', `${call}.out`);
}

const FRESH = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

export class StdoutRecord {
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(file: string, uid: number) {
    try {
      makeInnerFolder(path.dirname(file), uid);
      this.#descriptor = openSync(file, FRESH, 0o600);
    } catch {
      // Then there is none.
    }
  }

  write(chunk: Uint8Array): void {
    if (this.#descriptor === undefined) return;
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(this.#descriptor, chunk, at);
      this.#bytes += chunk.length;
    } catch {
      this.close();
      this.#descriptor = undefined;
    }
  }

  /** How many bytes it holds; `null` when some are missing. */
  close(): number | null {
    if (this.#descriptor === undefined) return null;
    try {
      closeSync(this.#descriptor);
      return this.#bytes;
    } catch {
      return null;
    }
  }
}
