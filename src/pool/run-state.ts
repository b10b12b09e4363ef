/** What one attempt at a run has asked for and spent so far: all that the deciding core knows. */
import type { Outcome } from '../core/outcome.ts';
import type { CapName, RunCaps } from '../core/run.ts';
import type { SetbackCause } from '../wire/records/record.ts';
import { NOTHING_RECORDED, type RecordedCalls } from './recorded-calls.ts';
import { RefusedCalls } from './refused-calls.ts';

/** Which recorded outcomes answer calls again. */
export const REUSES = ['content', 'prefix', 'none'] as const;
export type Reuse =
  /** Any call whose content is the same, whatever order things started in. */
  | 'content'
  /** As `content`, but nothing after the first call that is not found: for agents that depend on each other through files. */
  | 'prefix'
  | 'none';

export interface RunState {
  readonly caps: RunCaps;
  readonly attempt: number;
  readonly recorded: RecordedCalls;
  reuse: Reuse;
  /** Calls asked for in this attempt. */
  calls: number;
  /** The highest number any attempt gave to a call. */
  lastCall: number;
  outputTokens: number;
  costUsd: number;
  /** Of a single outcome that counts. */
  dearest: { readonly outputTokens: number; readonly costUsd: number };
  /** The highest occurrence of each content that this attempt gave out. */
  readonly occurrences: Map<string, number>;
  /** How many recorded replies of each content have answered in this attempt. */
  readonly taken: Map<string, number>;
  readonly refused: RefusedCalls;
  /** Caps of which it was said that they are near. */
  readonly warned: Set<CapName>;
  /** Numbers of rescued calls that have answered one in this attempt. */
  readonly rescuedUsed: Set<number>;
  /** When each call that holds a place was given it. */
  readonly startedAt: Map<number, number>;
  /** How often each open call was put back, and for what. */
  readonly setbacks: Map<number, SetbackCause[]>;
}

export function newRunState(
  caps: RunCaps,
  recorded: RecordedCalls = NOTHING_RECORDED,
  reuse: Reuse = 'content',
): RunState {
  return {
    caps,
    recorded,
    reuse,
    attempt: recorded.attempts + 1,
    calls: 0,
    lastCall: recorded.lastCall,
    outputTokens: recorded.lostTokens,
    costUsd: recorded.lostUsd,
    dearest: { outputTokens: 0, costUsd: 0 },
    occurrences: new Map(),
    taken: new Map(),
    refused: new RefusedCalls(),
    warned: new Set(),
    rescuedUsed: new Set(),
    startedAt: new Map(),
    setbacks: new Map(),
  };
}

export function countSetback(state: RunState, call: number, cause: SetbackCause, outcome: Outcome): void {
  spend(state, outcome);
  state.startedAt.delete(call);
  const causes = state.setbacks.get(call);
  if (causes) causes.push(cause);
  else state.setbacks.set(call, [cause]);
}

/** Replays count: what the run has cost is what all its attempts paid. */
export function spend(state: RunState, { usage, costUsd }: Outcome): void {
  state.outputTokens += usage.outputTokens;
  state.costUsd += costUsd ?? 0;
  state.dearest = {
    outputTokens: Math.max(state.dearest.outputTokens, usage.outputTokens),
    costUsd: Math.max(state.dearest.costUsd, costUsd ?? 0),
  };
}
