/** What a run knows when it is opened: of a new attempt what earlier ones recorded, of one that goes on after a broker's death its own. */
import { recordedCalls } from '../../pool/recorded-calls.ts';
import { resumedAttempt } from '../../pool/resumed-attempt.ts';
import { newRunState } from '../../pool/run-state.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import type { Message } from '../client-port.ts';
import type { RunParts } from './run-parts.ts';

export function stateOf(
  { caps, reuse, rehearsal, reattach }: Message<'open_run'>,
  records: readonly JournalRecord[],
  now: number,
): Pick<
  RunParts,
  'state' | 'settled' | 'setBack' | 'started' | 'counted' | 'told' | 'startedAt' | 'isPaused' | 'heldBy'
> {
  if (reattach !== undefined) {
    const resumed = resumedAttempt(records, reattach.attempt, reattach.calls, { caps, reuse, rehearsal });
    return { ...resumed, startedAt: resumed.startedAt ?? now };
  }
  const state = newRunState(caps, recordedCalls(records, rehearsal), reuse);
  const nothing = {
    settled: new Set<number>(),
    setBack: new Set<number>(),
    started: new Map<number, number>(),
    counted: new Set<number>(),
  };
  return { state, ...nothing, told: new Set(), startedAt: now, isPaused: false, heldBy: [] };
}
