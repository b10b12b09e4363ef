/** The state of an attempt whose broker died, folded from what its journal tells of it: as if that broker had lived on. */
import type { HoldCause, RunCaps } from '../core/run.ts';
import type { JournalRecord } from '../wire/records/record.ts';
import { partsOfKey } from './content-hash.ts';
import { recordedCalls } from './recorded-calls.ts';
import { capWarnings } from './run-caps.ts';
import { countSetback, newRunState, type Reuse, type RunState, spend } from './run-state.ts';

/** A call of that attempt that its client still has open. */
export interface StillOpen {
  readonly call: number;
  readonly key: string;
}

export interface ResumedAttempt {
  readonly state: RunState;
  /** Milliseconds since the epoch; `undefined`: its beginning is not on record. */
  readonly startedAt: number | undefined;
  /** Calls whose outcome is on record: told again, it is acknowledged, and not written twice. */
  readonly settled: Set<number>;
  /** Calls that were put back, and not given a place since: one whose client did not hear of it tells the same again. */
  readonly setBack: Set<number>;
  /** When each call was given its place. */
  readonly started: ReadonlyMap<number, number>;
  /** Calls that the state counts. */
  readonly counted: Set<number>;
  /** What its run has told of itself, and tells again when it did not hear that it is on the disk. */
  readonly told: ReadonlySet<'attempt' | 'end'>;
  /** A person paused it, and had it not go on. What else may hold a run, the next agent that meets it tells anew. */
  readonly isPaused: boolean;
  /** All that holds it, as its journal says; what was said last is last. */
  readonly heldBy: readonly HoldCause[];
}

export interface AttemptChoices {
  readonly caps: RunCaps;
  readonly reuse: Reuse;
  readonly rehearsal: boolean;
}

export function resumedAttempt(
  records: readonly JournalRecord[],
  attempt: number,
  open: readonly StillOpen[],
  { caps, reuse, rehearsal }: AttemptChoices,
): ResumedAttempt {
  const begin = records.findIndex((record) => record.type === 'attempt' && record.attempt === attempt);
  const before = begin === -1 ? records : records.slice(0, begin);
  const since = begin === -1 ? [] : records.slice(begin + 1);
  const recorded = recordedCalls(before, rehearsal);
  const state: RunState = { ...newRunState(caps, recorded, reuse), attempt };
  const settled = new Set<number>();
  const setBack = new Set<number>();
  const started = new Map<number, number>();
  let isPaused = false;
  let heldBy: HoldCause[] = [];
  const told = new Set<'attempt' | 'end'>(begin === -1 ? [] : ['attempt']);
  for (const record of since) {
    switch (record.type) {
      case 'started':
        if (!started.has(record.call)) countRun(state, record);
        started.set(record.call, record.at);
        setBack.delete(record.call);
        break;
      case 'outcome':
        settled.add(record.call);
        spend(state, record.outcome);
        break;
      case 'setback':
        countSetback(state, record.call, record.cause, record.outcome);
        setBack.add(record.call);
        break;
      case 'replayed':
        countReplay(state, record.call, record.key);
        break;
      case 'refused':
        state.refused.restore(record);
        break;
      case 'held':
        isPaused ||= record.cause === 'person';
        heldBy.push(record.cause);
        break;
      case 'released':
        isPaused = false;
        heldBy = [];
        break;
      case 'end':
        told.add('end');
        break;
    }
  }
  for (const call of open) if (!started.has(call.call)) countRun(state, call);
  for (const { call } of open) {
    const at = started.get(call);
    if (at !== undefined) state.startedAt.set(call, at);
  }
  // Whatever stood near then was told by who died.
  for (const { cap } of capWarnings(state)) state.warned.add(cap);
  const counted = new Set([...started.keys(), ...open.map(({ call }) => call)]);
  const startedAt = begin === -1 ? undefined : records[begin]?.at;
  return { state, startedAt, settled, setBack, started, counted, told, isPaused, heldBy };
}

/** A call that was asked for, and stands in no record yet or in a `started` one. */
export function countRun(state: RunState, { call, key }: StillOpen): void {
  state.calls += 1;
  state.lastCall = Math.max(state.lastCall, call);
  giveOut(state, key);
  if (state.reuse === 'prefix') state.reuse = 'none';
}

function countReplay(state: RunState, call: number, key: string): void {
  state.calls += 1;
  const { contentHash, occurrence } = giveOut(state, key);
  const reply = state.recorded.replies
    .get(contentHash)
    ?.find((recorded) => recorded.occurrence === occurrence && recorded.call === call);
  if (reply) {
    state.taken.set(contentHash, (state.taken.get(contentHash) ?? 0) + 1);
    spend(state, reply.outcome);
    return;
  }
  const rescued = [...state.recorded.rescued.values()].flat().find((each) => each.call === call);
  state.rescuedUsed.add(call);
  if (rescued) spend(state, rescued.outcome);
}

function giveOut(
  state: RunState,
  key: string,
): { readonly contentHash: string; readonly occurrence: number } {
  const parts = partsOfKey(key);
  const highest = state.occurrences.get(parts.contentHash) ?? 0;
  state.occurrences.set(parts.contentHash, Math.max(parts.occurrence, highest));
  return parts;
}
