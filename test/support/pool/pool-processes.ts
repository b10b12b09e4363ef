/** Every process that serves one state folder, by the command line and environment that the kernel tells. */
import { readdirSync, readFileSync } from 'node:fs';

export interface PoolProcess {
  readonly pid: number;
  readonly command: string;
  readonly env: string;
}

export function poolProcesses(state: string): readonly PoolProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const env = readFileSync(`/proc/${name}/environ`, 'latin1');
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
        return env.includes(`ANDWAIT_HOME=${state}\0`) ? [{ pid: Number(name), command, env }] : [];
      } catch {
        return [];
      }
    });
}

/** It may have ended between the look and the kill. */
export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function killBroker(state: string): void {
  for (const { pid, command } of poolProcesses(state)) {
    if (command.includes('pool-broker.js')) killIfAlive(pid);
  }
}
