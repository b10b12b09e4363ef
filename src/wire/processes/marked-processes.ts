/**
 * Finds processes by a variable that they were started with: parents end and groups are left, but what a process had in
 * its environment when it began is told by /proc for as long as it lives, and handed on to all that it starts.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { ProcessMark } from '../pool/pool-message.ts';
import { markOf } from './process-mark.ts';

export interface MarkedProcess extends ProcessMark {
  readonly env: ReadonlyMap<string, string>;
}

export interface ProcessSearch {
  /** Whose processes: another user's are neither ours to read nor to end. */
  readonly uid: number;
  /** Never found: whoever looks. */
  readonly pid: number;
}

/** Those of this user whose environment says yes. None where there is no /proc, as on macOS. Zombies have no environment. */
export function processesWhose(
  isMeant: (env: ReadonlyMap<string, string>) => boolean,
  { uid, pid: self }: ProcessSearch,
): MarkedProcess[] {
  return pids().flatMap((pid) => {
    if (pid === self) return [];
    // Before the environment is read: a number that changed hands in between would not have the mark's start.
    const mark = markOf(pid);
    const env = environmentOf(pid, uid);
    return env !== undefined && isMeant(env) ? [{ ...mark, env }] : [];
  });
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** `undefined` for what is gone by now, or is not ours. */
function environmentOf(pid: number, uid: number): ReadonlyMap<string, string> | undefined {
  try {
    const dir = `/proc/${pid}`;
    if (statSync(dir).uid !== uid) return undefined;
    const entries = readFileSync(`${dir}/environ`, 'utf8').split('\0').filter(Boolean);
    return new Map(entries.map(pairOf));
  } catch {
    return undefined;
  }
}

function pairOf(entry: string): readonly [string, string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}
