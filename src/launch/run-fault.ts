/** What ends a run that had begun, and is no fault of its own: its journal cannot be written, or the pool is gone. */
import { PoolUnreachable } from '../broker/client/pool-errors.ts';
import { JournalBroken } from '../journal/journal-writer.ts';

/** What failed fails again when it is closed; `await using` then wraps one failure in the other. */
export function runFaultIn(error: unknown): JournalBroken | PoolUnreachable | undefined {
  if (error instanceof JournalBroken || error instanceof PoolUnreachable) return error;
  const { error: later } = (error ?? {}) as Partial<SuppressedError>;
  return later === undefined ? undefined : runFaultIn(later);
}
