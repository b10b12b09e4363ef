/** What ended a map that was under way, as an error for the person: what is recorded is safe, and goes on. */
import { PoolRefusal, PoolUnreachable } from '../../broker/client/pool-errors.ts';
import { EXIT, UserError } from '../../core/exit.ts';
import { JournalBroken } from '../../journal/journal-writer.ts';

/** What is no such end comes back as it is. `goOn`: what to do then. */
export function mapFault(error: unknown, goOn: string): unknown {
  // What failed fails again when it is closed; `await using` then wraps one failure in the other.
  const { error: later, suppressed } = error as Partial<SuppressedError>;
  const fault = [error, later, suppressed].find(
    (found) =>
      found instanceof JournalBroken || found instanceof PoolUnreachable || found instanceof PoolRefusal,
  );
  if (fault === undefined) return error;
  return new UserError(
    `${(fault as Error).message}; the map was stopped, and what is recorded is safe. Then ${goOn}`,
    EXIT.capped,
  );
}
