/** The cap over all hosts is kept by the server; one that lost what it had is told it again, for nobody else would. */
import type { Clock } from '../core/ports.ts';
import type { QueueEngine } from './queue-engine.ts';

export const CAP_LOOK_MS = 5000;

/** Resolves when it is set, and with what ends the keeping. What another host says later counts. */
export async function keepCap(
  engine: Pick<QueueEngine, 'cap' | 'setCap'>,
  count: number,
  clock: Clock,
): Promise<() => void> {
  await engine.setCap(count);
  const look = async (): Promise<void> => {
    if ((await engine.cap()) === undefined) await engine.setCap(count);
  };
  let cancel = (): void => {};
  const later = (): void => {
    cancel = clock.after(CAP_LOOK_MS, () => {
      // While the server is away it has lost nothing that we could know of.
      look().catch(() => {});
      later();
    });
  };
  later();
  return () => cancel();
}
