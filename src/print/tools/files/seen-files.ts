/** Which files the model has seen, and as they were then: nothing is overwritten that it does not know. */
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ToolFailure } from '../typed-tool.ts';

export class SeenFiles {
  readonly #seen = new Map<string, string>();

  /** `file`: with every symlink followed. */
  note(file: string, stats: BigIntStats): void {
    this.#seen.set(file, stateOf(stats));
  }

  async noteNow(file: string): Promise<void> {
    this.note(file, await stat(file, { bigint: true }));
  }

  /** Throws for the model when it has not read `file`, or not as it now is. */
  demand(file: string, stats: BigIntStats): void {
    const state = this.#seen.get(file);
    if (state === undefined)
      throw new ToolFailure('File has not been read yet. Read it first before writing to it.');
    if (state !== stateOf(stats)) {
      throw new ToolFailure(
        'File has been modified since read, by the user or by a program. Read it again before attempting to write it.',
      );
    }
  }
}

/** Times alone miss two writes in one tick of the file system's clock. */
function stateOf({ mtimeNs, ctimeNs, size, ino }: BigIntStats): string {
  return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
}
