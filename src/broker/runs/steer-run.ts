/** A run taken hold of from outside: done and recorded in one turn, also where nothing comes of it, so that two who do it at once both stand there. */
import type { Clock } from '../../core/ports.ts';
import { type Message, Refused } from '../client-port.ts';
import type { RunRecords } from './run-records.ts';
import type { CallSteering } from './steer-call.ts';

export interface SteeredRun {
  readonly runId: string;
  readonly records: RunRecords;
  readonly clock: Clock;
  /** `closed`: its journal is, too. */
  readonly state: 'open' | 'stopping' | 'closed';
  /** Each says whether it changed anything. */
  pause(): boolean;
  goOn(): boolean;
  stop(): boolean;
  /** What carries it out. Throws `Refused` when that call cannot be taken hold of. */
  steerCall(steering: CallSteering): () => void;
}

/** Resolves, when it stands in the journal, with whether it changed anything. Rejects with `Refused`, which says why it could not be done. */
export async function steerRun({ action, call, by }: Message<'steer'>, run: SteeredRun): Promise<boolean> {
  const { runId, records, clock, state } = run;
  if (state === 'closed') throw new Refused('no-run', `run ${runId} has just ended`);
  const record = (more: { readonly refused?: string }): Promise<void> => {
    const ofCall = call === undefined ? {} : { call };
    const written = records.commit({ type: 'steered', action, ...ofCall, by, ...more, at: clock.now() });
    // A journal that cannot be written is told to the run's owner: it is no reason to leave the run unstopped.
    return written.catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  };
  let steerCall: (() => void) | undefined;
  try {
    if (state === 'stopping' && action !== 'stop') {
      throw new Refused('refused', `run ${runId} is being stopped already`);
    }
    if (action === 'skip' || action === 'retry') steerCall = run.steerCall({ action, call, by });
  } catch (error) {
    if (error instanceof Refused) await record({ refused: error.message });
    throw error;
  }
  // First in the journal, and in one write with what follows from it.
  const recorded = record({});
  steerCall?.();
  const changed = carriedOut(action, run);
  await recorded;
  return changed;
}

function carriedOut(action: Message<'steer'>['action'], run: SteeredRun): boolean {
  switch (action) {
    case 'stop':
      return run.stop();
    case 'pause':
      return run.pause();
    case 'continue':
      return run.goOn();
    case 'skip':
    case 'retry':
      return true;
  }
}
