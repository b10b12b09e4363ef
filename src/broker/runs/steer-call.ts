/** One call taken hold of from outside: passed over, or asked anew. */
import type { Steerer } from '../../core/run.ts';
import { Refused } from '../client-port.ts';
import type { RunCall, RunCalls } from './run-calls.ts';

export interface CallSteering {
  readonly action: 'skip' | 'retry';
  readonly call: number | undefined;
  readonly by: Steerer;
}

/** Its client ends it; what waits has no agent to be ended. Throws `Refused` when there is nothing to be done. */
export function steerCall({ action, call, by }: CallSteering, calls: RunCalls, runId: string): void {
  const entry = call === undefined ? undefined : calls.get(call);
  if (call === undefined || entry === undefined) {
    throw new Refused(
      'refused',
      `call ${call ?? ''} of run ${runId} is not open: it has ended, or never was`,
    );
  }
  if (entry.state === 'ending' || entry.stop !== undefined) {
    throw new Refused('refused', `call ${call} of run ${runId} is being ended already`);
  }
  if (action === 'skip') skip(entry, calls, runId, by);
  else retry(entry, runId, by);
}

function skip(entry: RunCall, calls: RunCalls, runId: string, by: Steerer): void {
  const why = { kind: 'skipped', by } as const;
  if (entry.state === 'held') entry.stop = why;
  else calls.drop(entry);
  entry.client.send({ type: 'stop', runId, call: entry.call.id, why });
}

function retry(entry: RunCall, runId: string, by: Steerer): void {
  const { id } = entry.call;
  if (entry.state === 'waiting') {
    throw new Refused('refused', `call ${id} of run ${runId} waits for its turn: there is nothing to retry`);
  }
  if (!entry.wish.repeatable) {
    const what = 'its recipe hears what it says as it says it';
    throw new Refused('refused', `call ${id} of run ${runId} cannot be asked anew: ${what}`);
  }
  const why = { kind: 'retry', by } as const;
  entry.stop = why;
  entry.client.send({ type: 'stop', runId, call: id, why });
}
