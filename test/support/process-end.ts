/** Waits for the end of a process that is no child of ours: the kernel tells nobody, so this looks. The test's own limit ends the looking. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isRunning } from './agent-run.ts';

export async function ended(pid: number): Promise<void> {
  while (isRunning(pid)) await nextTurn();
}
