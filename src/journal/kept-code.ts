/**
 * What V8 made of print mode in earlier calls (decision 0022). The starter writes and reads it, `gc` makes room of it, and
 * `doctor` looks whether it is of use: none of them may run what anybody else could have written.
 */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

export interface KeptCode {
  readonly file: string;
  readonly bytes: number;
  /** When it was made: it is never written again. */
  readonly madeAt: number;
}

export function keptCodeDir(stateDir: string): string {
  return path.join(stateDir, 'code-cache');
}

/** The newest first; nothing where there is no such folder. Throws the system's error where it may not be looked into. */
export function keptCode(dir: string): KeptCode[] {
  if (lstatSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const files = readdirSync(dir).flatMap((name) => {
    const file = path.join(dir, name);
    const stat = lstatSync(file, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ file, bytes: stat.size, madeAt: stat.mtimeMs }] : [];
  });
  return files.sort((a, b) => b.madeAt - a.madeAt);
}

export interface StaleRule {
  readonly now: number;
  readonly maxAgeMs: number;
  /** Of the program that is installed; `undefined`: any may be. */
  readonly hash?: string | undefined;
}

/** One for each Node and each set of V8's flags in use, and a few more. */
const MOST_KEPT = 8;
/** Whoever writes one needs no second. */
const LONGEST_DRAFT_MS = 3_600_000;

/** Each can go: what is still in use among them is made anew by the next call. */
export function staleCode(kept: readonly KeptCode[], { now, maxAgeMs, hash }: StaleRule): KeptCode[] {
  return kept.filter(({ file, madeAt }, at) => {
    const age = now - madeAt;
    if (file.endsWith('.tmp')) return age > LONGEST_DRAFT_MS;
    const isOthers = hash !== undefined && !path.basename(file).includes(`-${hash}-`);
    return age > maxAgeMs || at >= MOST_KEPT || isOthers;
  });
}

const OTHERS_MAY_WRITE = 0o022;

export function isOursAlone(stat: Pick<Stats, 'uid' | 'mode'>, uid: number): boolean {
  return stat.uid === uid && (stat.mode & OTHERS_MAY_WRITE) === 0;
}

/** V8 compares no more than a length and its own version: a file that a disk has damaged would crash every start. */
export function unsealed(bytes: Buffer): Buffer | undefined {
  if (bytes.length < SEAL_BYTES) return undefined;
  const data = bytes.subarray(0, -SEAL_BYTES);
  return bytes.readUInt32LE(data.length) === crc32(data) ? data : undefined;
}

export function sealed(data: Buffer): Buffer {
  const seal = Buffer.alloc(SEAL_BYTES);
  seal.writeUInt32LE(crc32(data));
  return Buffer.concat([data, seal]);
}

const SEAL_BYTES = 4;
