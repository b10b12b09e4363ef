/** Taking hold of a run that somebody else works on. */
import { UserError } from '../../core/exit.ts';

/**
 * Contract: each resolves once the run has been told, and rejects with a `UserError` that says why it cannot be: nobody
 * works on the run, the call has ended, the pool cannot be reached. None of them waits for agents to end.
 */
export interface RunSteering {
  /** Agents that run go on to their end; nothing new starts. */
  pause(): Promise<void>;
  continue(): Promise<void>;
  /** Ends the agents, and the run. */
  stop(): Promise<void>;
  /** The call ends, and its script gets null. */
  skip(call: number): Promise<void>;
  /** A failed or running call starts again. */
  retry(call: number): Promise<void>;
}

export class UnavailableSteering implements RunSteering {
  pause = unavailable;
  continue = unavailable;
  stop = unavailable;
  skip = unavailable;
  retry = unavailable;
}

function unavailable(): Promise<never> {
  return Promise.reject(new UserError('not available: this version cannot steer a run from here'));
}
