/** What ends a run that had begun, and is no fault of its own: its journal cannot be written, or the pool is gone. */
import { PoolRefusal, PoolUnreachable } from '../broker/client/pool-errors.ts';
import { JournalBroken } from '../journal/journal-writer.ts';

/** What failed fails again when it is closed; `await using` then wraps one failure in the other. */
export function runFaultIn(error: unknown): JournalBroken | PoolUnreachable | undefined {
  if (error instanceof JournalBroken || error instanceof PoolUnreachable) return error;
  const { error: later } = (error ?? {}) as Partial<SuppressedError>;
  return later === undefined ? undefined : runFaultIn(later);
}

/** Whether one call could not be told to the pool, or kept, for what is in it: those of other runs fare no worse for it. */
export function isOfOneCall(error: unknown): boolean {
  if (error instanceof PoolRefusal) return error.reason === 'malformed';
  return error instanceof RangeError || error instanceof TypeError;
}
