/** An agent's process group: what it started and did not put into a group of its own dies with it. */
import { readdir, readFile } from 'node:fs/promises';

/** `process.kill`, handed in by the program: throws ESRCH, EPERM; a negative id is a group; signal 0 only asks. */
export type KillProcess = (pid: number, signal: NodeJS.Signals | 0) => void;

export class ProcessGroup {
  /** The leader's pid. While any member lives, zombies included, the kernel gives this number to nobody else. */
  readonly #id: number;
  readonly #kill: KillProcess;

  constructor(id: number, kill: KillProcess) {
    this.#id = id;
    this.#kill = kill;
  }

  /** Reaches every member that is ours to signal. Nobody left is no error. */
  signal(signal: NodeJS.Signals): void {
    this.#send(signal);
  }

  /** Also true for zombies that nobody has waited for, and for members that belong to another user. */
  exists(): boolean {
    return this.#send(0) !== 'gone';
  }

  /** Whether a member still runs. Where /proc tells, zombies do not count: in a container without an init they stay. */
  async lives(): Promise<boolean> {
    return this.exists() && (await runsInProc(this.#id));
  }

  #send(signal: NodeJS.Signals | 0): 'sent' | 'gone' | 'not-ours' {
    try {
      this.#kill(-this.#id, signal);
      return 'sent';
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ESRCH') return 'gone';
      if (code === 'EPERM') return 'not-ours';
      throw error;
    }
  }
}

async function runsInProc(group: number): Promise<boolean> {
  const names = await readdir('/proc').catch(() => undefined);
  const pids = names?.filter((name) => /^\d+$/.test(name)) ?? [];
  // No /proc, as on macOS, or another system's: the kernel's word for the group must do.
  if (pids.length === 0) return true;
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')));
  return stats.some((stat) => isRunningMember(stat, group));
}

/** `pid (name) state ppid pgrp …`; the name may hold spaces and parentheses. */
function isRunningMember(stat: string, group: number): boolean {
  const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(pgrp) === group && state !== 'Z' && state !== 'X';
}
