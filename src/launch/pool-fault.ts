/** What the pool refused, or that there is none, as an error for the person: which exit code, and what to do. */
import { PoolRefusal, PoolUnreachable } from '../broker/client/pool-errors.ts';
import { EXIT, UserError } from '../core/exit.ts';

/** Rethrows: without the pool no cap can be kept, so nothing may start; a run somebody works on is a mistake of the command line. */
export function poolFault(error: unknown): never {
  if (error instanceof PoolUnreachable) throw new UserError(error.message, EXIT.capped);
  if (!(error instanceof PoolRefusal)) throw error;
  throw new UserError(error.message, error.reason === 'journal' ? EXIT.capped : EXIT.usage);
}
