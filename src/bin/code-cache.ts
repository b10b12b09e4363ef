/**
 * Runs a bundled program with the bytecode that V8 made of it in an earlier run: that is a third of a small call (decision
 * 0022). Kept in the state folder, private like all else there. Whatever stands in the way of keeping or trusting it, the
 * program just runs: slower, not otherwise.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { isOursAlone, keptCode, keptCodeDir, sealed, staleCode, unsealed } from '../journal/kept-code.ts';
import { makePrivateDir } from '../journal/state-dir.ts';

export interface BundledProgram {
  /** Absolute: one CommonJS file, ASCII. */
  readonly file: string;
  /** Of its content: V8 compares no more of a text than its length. */
  readonly hash: string;
}

/** `undefined`: there is no place. */
export interface CachePlace {
  readonly stateDir: string | undefined;
  readonly uid: number;
  /** Whether this run has used what such runs use, told when it ends. */
  readonly isWorthKeeping: () => boolean;
}

const HEAD = '(function (exports, require, module, __filename, __dirname) {';
/** Of programs and Nodes that are gone since. One in use is made anew. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;

export function runCached({ file, hash }: BundledProgram, place: CachePlace): void {
  const { stateDir, uid, isWorthKeeping } = place;
  const name = `${path.basename(file, '.js')}-${hash}-${process.version}-${process.arch}${flagsTag()}`;
  const kept = stateDir === undefined ? undefined : path.join(keptCodeDir(stateDir), name);
  const cachedData = kept === undefined ? undefined : trusted(kept, uid);
  const script = new vm.Script(`${HEAD}${fs.readFileSync(file, 'latin1')}\n})`, {
    filename: file,
    columnOffset: -HEAD.length,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file));
  // What V8 refuses (an empty file after a crash, another processor) would be in the way for ever.
  const isUsed = cachedData !== undefined && script.cachedDataRejected !== true;
  if (kept === undefined || isUsed) return;
  // At the end, when the functions that were needed have been compiled.
  process.once('exit', () => {
    if (isWorthKeeping()) keep(kept, script, uid);
  });
}

/**
 * V8 refuses what it made under other flags of its own: two calls with different ones would replace each other's for ever.
 * To ask V8 costs a millisecond, so only those do that may have some.
 */
function flagsTag(): string {
  if (process.execArgv.length === 0 && !process.env['NODE_OPTIONS']) return '';
  return `-${process.getBuiltinModule('node:v8').cachedDataVersionTag().toString(16)}`;
}

/** What anybody else could have written is code of theirs. */
function trusted(file: string, uid: number): Buffer | undefined {
  let fd: number | undefined;
  try {
    if (!isOursAlone(fs.lstatSync(path.dirname(file)), uid)) return undefined;
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    const stat = fs.fstatSync(fd);
    return stat.isFile() && isOursAlone(stat, uid) ? unsealed(fs.readFileSync(fd)) : undefined;
  } catch {
    // Not there yet, or not readable: the program is compiled as if there were no cache.
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function keep(file: string, script: vm.Script, uid: number): void {
  const dir = path.dirname(file);
  const draft = `${file}.${process.pid}.tmp`;
  try {
    // Root, with the HOME of somebody else, is to leave no folders of root's there.
    if (fs.statSync(nearestExisting(dir)).uid !== uid) return;
    makePrivateDir(path.dirname(dir), uid);
    makePrivateDir(dir, uid);
    forgetOld(dir);
    // Whole or not at all, after a power cut too: V8 would believe half of it, and crash at every start.
    fs.writeFileSync(draft, sealed(script.createCachedData()), { mode: 0o600, flag: 'wx', flush: true });
    fs.renameSync(draft, file);
  } catch {
    // A full or read-only disk, no folder to be had: the next run is as slow as this one. What was begun goes with the old.
  }
}

function nearestExisting(dir: string): string {
  const parent = path.dirname(dir);
  return fs.existsSync(dir) || parent === dir ? dir : nearestExisting(parent);
}

function forgetOld(dir: string): void {
  const stale = staleCode(keptCode(dir), { now: Date.now(), maxAgeMs: MAX_AGE_MS });
  for (const { file } of stale) fs.rmSync(file, { force: true });
}
