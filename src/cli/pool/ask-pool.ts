/** The pool's state for whoever only reads: the files tell the rest, so a pool that cannot be asked is no failure. */
import { connectToPool, PoolRefusal, PoolUnreachable } from '../../broker/client/pool-client.ts';
import type { Program } from '../../core/program.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';
import { ScopedClock } from '../scoped-clock.ts';

/** `undefined`: no broker runs, or none that answers us. Starts none. */
export async function askPool(program: Program): Promise<PoolStatus | undefined> {
  using clock = new ScopedClock(program.clock);
  try {
    await using pool = await connectToPool({ ...asked(program), clock }, { startBroker: false });
    return await pool.status();
  } catch (error) {
    if (error instanceof PoolUnreachable || error instanceof PoolRefusal) return undefined;
    throw error;
  }
}

/** Without the streams: a getter of theirs that is copied is a stream that is opened. */
function asked({ env, random, nodePath, distDir, uid, pid, homeDir }: Program) {
  return { env, random, nodePath, distDir, uid, pid, homeDir };
}
