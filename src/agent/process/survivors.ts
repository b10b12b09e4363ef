/** Ends what an agent left behind in its group: a place in the pool is free only when nothing of the agent runs. */
import type { Clock } from '../../core/ports.ts';
import { elapsed } from '../../wire/waiting.ts';
import type { ProcessGroup } from './process-group.ts';

const FIRST_LOOK_MS = 2;
const LONGEST_LOOK_MS = 100;

/**
 * SIGTERM, then SIGKILL after `killMs`. The kernel tells nobody when the processes of a group that are not its own
 * children end, so this looks, less and less often. What another user owns, or the kernel holds fast, cannot be
 * ended: it is given up `killMs` after SIGKILL.
 */
export async function endSurvivors(group: ProcessGroup, clock: Clock, killMs: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    group.signal(signal);
    if (await isGoneWithin(killMs, group, clock)) return;
  }
}

async function isGoneWithin(limitMs: number, group: ProcessGroup, clock: Clock): Promise<boolean> {
  const began = clock.monotonicMs();
  for (let lookMs = FIRST_LOOK_MS; await group.lives(); lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS)) {
    if (clock.monotonicMs() - began >= limitMs) return false;
    await elapsed(clock, lookMs);
  }
  return true;
}
