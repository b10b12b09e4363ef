/** Waits for the end of a process that is no child of ours: the kernel tells nobody of it. */

import { until } from '../looking.ts';
import { isRunning } from './agent-run.ts';

export async function ended(pid: number): Promise<void> {
  await until(() => !isRunning(pid));
}
