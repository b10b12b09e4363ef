/** Tells a process from another one that got its number later: by when it started, where the system tells. */
import { readFileSync } from 'node:fs';
import type { ProcessMark } from '../pool/pool-message.ts';

/** `process.kill` with signal 0: throws ESRCH when there is no such process, EPERM when it is another user's. */
type AskProcess = (pid: number, signal: 0) => void;

interface ProcessStat {
  readonly state: string;
  readonly startTicks: string;
}

/** Of a process that runs, as a rule our own child. Ticks are `null` where there is no /proc, as on macOS, or no such process. */
export function markOf(pid: number): ProcessMark {
  return { pid, startTicks: statOf(pid)?.startTicks ?? null };
}

/** Whether that very process still runs. A zombie does not: it holds nothing any more. */
export function isAlive({ pid, startTicks }: ProcessMark, ask: AskProcess): boolean {
  if (startTicks === null) return isThere(pid, ask);
  const stat = statOf(pid);
  return stat !== undefined && stat.startTicks === startTicks && stat.state !== 'Z' && stat.state !== 'X';
}

function isThere(pid: number, ask: AskProcess): boolean {
  try {
    ask(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After `pid (name) `, whose name may hold spaces and parentheses, field 3 is the state and field 22 the start. */
const STATE = 0;
const START = 19;

function statOf(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[STATE];
  const startTicks = fields[START];
  return state === undefined || startTicks === undefined ? undefined : { state, startTicks };
}
