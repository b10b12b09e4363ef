/** Stops all that the pool has open: whose runs they are hears of it, and would otherwise go on with the next broker. */
import type { Clock } from '../../core/ports.ts';
import { elapsed } from '../../wire/waiting.ts';
import type { BrokerRun } from './broker-run.ts';

/** How long a recipe below `exec` may take to end once its calls have, so that its end is recorded here. */
const GIVE_BACK_MS = 12_000;
/** Who comes in meanwhile is looked for so often. */
const LOOK_MS = 100;

/** Those that are opened meanwhile, too. Resolves when no call is open, and their owners have given them back, or had the time to. */
export async function stopRuns(open: () => readonly BrokerRun[], clock: Clock): Promise<void> {
  const began = clock.monotonicMs();
  for (;;) {
    const runs = open();
    for (const run of runs) run.stop();
    await Promise.all(runs.map((run) => run.drained()));
    const isAnyOwned = open().some(({ owner }) => owner !== undefined);
    if (!isAnyOwned || clock.monotonicMs() - began >= GIVE_BACK_MS) return;
    await elapsed(clock, LOOK_MS);
  }
}
