/** What holds for all hosts is kept by the server; one that lost what it had is told it again, for nobody else would. */
import type { Clock } from '../core/ports.ts';

export const KEEP_LOOK_MS = 5000;

export interface SharedValue {
  readonly set: (count: number) => Promise<void>;
  /** `undefined`: nobody has set one. */
  readonly get: () => Promise<number | undefined>;
}

/** Resolves when it is set, and with what ends the keeping. What another host says later counts. */
export async function keepSet(value: SharedValue, count: number, clock: Clock): Promise<() => void> {
  await value.set(count);
  const look = async (): Promise<void> => {
    if ((await value.get()) === undefined) await value.set(count);
  };
  let cancel = (): void => {};
  const later = (): void => {
    cancel = clock.after(KEEP_LOOK_MS, () => {
      // While the server is away it has lost nothing that we could know of.
      look().catch(() => {});
      later();
    });
  };
  later();
  return () => cancel();
}
