/** One call taken hold of from outside: passed over, or asked anew. */
import { failure } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import type { Steerer } from '../../core/run.ts';
import { skippedText } from '../../wire/pool/run-order.ts';
import { Refused } from '../client-port.ts';
import type { RunCall } from './run-call.ts';
import type { RunCalls } from './run-calls.ts';

/** How long a client may take to end what it was told to end: one that is stopped (SIGSTOP), or hangs, never does. */
export const END_MS = 10_000;

export interface CallSteering {
  readonly action: 'skip' | 'retry';
  readonly call: number | undefined;
  readonly by: Steerer;
}

export interface SteeredCalls {
  readonly runId: string;
  readonly calls: RunCalls;
  readonly clock: Clock;
}

/**
 * What carries it out: its client ends the call, or the broker after `END_MS`; what waits has no agent to be ended. Throws
 * `Refused` when there is nothing to be done.
 */
export function steerCall({ action, call, by }: CallSteering, run: SteeredCalls): () => void {
  const { runId, calls } = run;
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
  if (action === 'retry') refuseRetry(entry, run);
  return () => (action === 'skip' ? skip(entry, run, by) : retry(entry, run, by));
}

function skip(entry: RunCall, { calls, runId, clock }: SteeredCalls, by: Steerer): void {
  const why = { kind: 'skipped', by } as const;
  if (entry.state === 'waiting') calls.passOver(entry, failure('skipped', skippedText(by)));
  else {
    entry.stop = why;
    const what = `${skippedText(by)}; the process that ran it did not end it`;
    const outcome = failure('skipped', what, { unmetered: true });
    clock.after(END_MS, () => {
      if (isStillOpen(entry, calls)) calls.abandon(entry, outcome);
    });
  }
  entry.client.send({ type: 'stop', runId, call: entry.call.id, why });
}

function refuseRetry(entry: RunCall, { runId }: SteeredCalls): void {
  const { id } = entry.call;
  if (entry.state === 'waiting') {
    throw new Refused('refused', `call ${id} of run ${runId} waits for its turn: there is nothing to retry`);
  }
  if (!entry.wish.repeatable) {
    const what = 'its recipe hears what it says as it says it';
    throw new Refused('refused', `call ${id} of run ${runId} cannot be asked anew: ${what}`);
  }
}

function retry(entry: RunCall, { calls, runId, clock }: SteeredCalls, by: Steerer): void {
  const why = { kind: 'retry', by } as const;
  entry.stop = why;
  clock.after(END_MS, () => {
    if (isStillOpen(entry, calls) && entry.stop === why) calls.endAgent(entry);
  });
  entry.client.send({ type: 'stop', runId, call: entry.call.id, why });
}

function isStillOpen(entry: RunCall, calls: RunCalls): boolean {
  return calls.get(entry.call.id) === entry;
}
