/** Ends as another process ended: whoever waits for us must not be able to tell us from it. */
import os from 'node:os';
import type { Program } from '../../core/program.ts';
import { flushed } from '../print-lines.ts';
import type { RecipeEnd } from './exec-process.ts';

/** Signals one can die of oneself. The others write a core, ours instead of the recipe's, or mean something to Node. */
const TO_DIE_OF: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'SIGALRM', 'SIGUSR2'];

export async function endAs(end: RecipeEnd, { kill, pid, stderr }: Program): Promise<number> {
  if (end.kind !== 'signalled') return end.code;
  await flushed(stderr);
  // Nobody listens for it any more. A shell that sees its child die of SIGINT ends its own script; of exit code 130, it goes on.
  if (TO_DIE_OF.includes(end.signal)) kill(pid, end.signal);
  return 128 + os.constants.signals[end.signal];
}
