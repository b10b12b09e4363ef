/** Ends agents whose spawner is gone, and finds those that nobody told of. Never a process that got an agent's number later. */
import { readFileSync } from 'node:fs';
import type { Program } from '../../core/program.ts';
import { ANDWAIT_LEASE } from '../../wire/environment/run-environment.ts';
import type { ProcessMark } from '../../wire/pool/pool-message.ts';
import { type ProcessSearch, processesWhose } from '../../wire/processes/marked-processes.ts';
import { isAlive, markOf } from '../../wire/processes/process-mark.ts';

/** What the broker does to processes, so that a test can do something else. */
export interface Processes {
  isAlive(mark: ProcessMark): boolean;
  /** To its whole group where it leads one, else to it alone. */
  signal(mark: ProcessMark, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** What a group's leader left behind when it ended. */
  killRestOfGroup(mark: ProcessMark): void;
  /** The process that was started with that lease in its environment; the oldest of them, as its children inherit it. */
  findByLease(leaseId: string): ProcessMark | undefined;
  /** What an agent with that lease put into groups of its own, and left behind. */
  killByLease(leaseId: string): void;
}

export function systemProcesses({ kill, pid: own, uid }: Pick<Program, 'kill' | 'pid' | 'uid'>): Processes {
  const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
    try {
      kill(pid, signal);
      return true;
    } catch {
      // ESRCH: it is gone. EPERM: it changed its user, and is not ours to end.
      return false;
    }
  };
  return {
    isAlive: (mark) => isAlive(mark, kill),
    signal(mark, signal) {
      if (mark.pid <= 1 || mark.pid === own || !isAlive(mark, kill)) return;
      // A shim's agent stays in the group of the shell that its user controls: that group is not ours.
      send(leadsGroup(mark.pid) ? -mark.pid : mark.pid, signal);
    },
    killRestOfGroup({ pid, startTicks }) {
      if (pid <= 1 || pid === own) return;
      // A number that somebody else has by now: the group was empty, or it would not have been given out again.
      const ticksNow = markOf(pid).startTicks;
      if (ticksNow !== null && ticksNow !== startTicks) return;
      send(-pid, 'SIGKILL');
    },
    findByLease: (leaseId) => withLease(leaseId, { uid, pid: own })[0],
    killByLease(leaseId) {
      for (const { pid } of withLease(leaseId, { uid, pid: own })) send(pid, 'SIGKILL');
    },
  };
}

/** Field 5 of /proc/PID/stat, after `pid (name) `. Where there is no /proc, agents are taken at their word: ours lead one. */
function leadsGroup(pid: number): boolean {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return true;
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === pid;
}

/** The oldest first. */
function withLease(leaseId: string, self: ProcessSearch): ProcessMark[] {
  const found = processesWhose((env) => env.get(ANDWAIT_LEASE) === leaseId, self);
  return found
    .filter(({ startTicks }) => startTicks !== null)
    .sort((a, b) => Number(a.startTicks) - Number(b.startTicks) || a.pid - b.pid);
}

/** `undefined`: gone, or not ours to read. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
