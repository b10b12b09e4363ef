/** For what nobody announces: looks until it is so, and in between leaves the core to what is waited for. The test's own limit ends the looking. */
import { setTimeout as pause } from 'node:timers/promises';

const BETWEEN_LOOKS_MS = 4;

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(BETWEEN_LOOKS_MS);
}
