/** What a client that was killed left in the queue, when a person wants no more of its run. */
import type { QueueEngine } from '../queue-engine.ts';
import { beatNameOf } from './client-beat.ts';
import { jobIdOf } from './queue-backend.ts';

export interface LeftCall {
  readonly key: string;
  /** Its outcome is in the journal. */
  readonly isSettled: boolean;
}

export interface ClearedJobs {
  /** Nobody had begun them. */
  readonly removed: number;
  /** Their agents are being ended. */
  readonly stopping: number;
}

/** What an agent has answered meanwhile stays, for a resume: it is paid for. Rejects while the server is away. */
export async function clearLeftJobs(
  engine: Pick<QueueEngine, 'look' | 'askToStop' | 'remove' | 'notes'>,
  runId: string,
  calls: readonly LeftCall[],
): Promise<ClearedJobs> {
  let removed = 0;
  // First: an agent that ends makes room for one that waits.
  for (const { key, isSettled } of calls) {
    const id = jobIdOf(runId, key);
    const found = await engine.look(id);
    const isWanted = found === undefined || (found.state !== 'waiting' && !isSettled);
    if (!isWanted && (await engine.remove(id)) === 'removed' && !isSettled) removed += 1;
  }
  let stopping = 0;
  for (const { key } of calls) {
    const id = jobIdOf(runId, key);
    if ((await engine.look(id))?.state !== 'active') continue;
    await engine.askToStop(id);
    stopping += 1;
  }
  await engine.notes.forget(beatNameOf(runId));
  return { removed, stopping };
}
