/** Where a call that had to go without the pool is noted, for `andwait doctor` to find. */
import path from 'node:path';

/** A line of the file, written without a lock or a sync: the last one may be torn. */
export interface UnpooledNote {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly pid: number;
  readonly reason: string;
}

/** A call that did go through the pool, but without a setting that it could not make sense of. */
export interface IgnoredSettingNote {
  readonly at: number;
  readonly pid: number;
  /** Quotes it. */
  readonly ignored: string;
}

export function unpooledNotesFile(stateDir: string): string {
  return path.join(stateDir, 'unpooled.ndjson');
}
