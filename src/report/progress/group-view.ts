/** The parts of a `RunView`: a call as far as it is known, and the group it is shown in. */
import { type CallActivity, type CallSoFar, isFailureEnd, type SettledEvent } from '../../core/progress.ts';

export type CallState = 'queued' | 'running' | 'done' | 'failed' | 'stopped' | 'replayed';
export type StateCounts = Readonly<Record<CallState, number>>;

export interface CallView {
  readonly id: number;
  readonly label: string;
  readonly model: string | undefined;
  readonly group: GroupView;
  readonly state: CallState;
  readonly startedAt: number | undefined;
  readonly activity: { readonly is: CallActivity; readonly since: number } | undefined;
  readonly soFar: CallSoFar | undefined;
  /** That has it, or had it, where it is another one than the run's. */
  readonly host: string | undefined;
  readonly settled: SettledEvent | undefined;
}

/** The calls of one phase, or those outside any, of the run's own script or of one child workflow. */
export interface GroupView {
  readonly workflow: string | undefined;
  readonly title: string | undefined;
  /** Its place among the run's groups. */
  readonly order: number;
  /** Its script has come to it, or a call of it exists; a phase that `meta` declares starts without. */
  readonly begun: boolean;
  readonly counts: StateCounts;
  readonly running: ReadonlyMap<number, CallView>;
  /** In the order they ended; stopped calls are in neither list. */
  readonly failed: readonly CallView[];
  readonly finished: readonly CallView[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type OwnCounts = Record<CallState, number>;

/** The same, as the view itself changes it. */
export interface OwnGroup extends Mutable<GroupView> {
  readonly counts: OwnCounts;
  readonly running: Map<number, OwnCall>;
  readonly failed: OwnCall[];
  readonly finished: OwnCall[];
}

export interface OwnCall extends Mutable<CallView> {
  readonly group: OwnGroup;
}

export function noCounts(): OwnCounts {
  return { queued: 0, running: 0, done: 0, failed: 0, stopped: 0, replayed: 0 };
}

export function emptyGroup(workflow: string | undefined, title: string | undefined, order: number): OwnGroup {
  return {
    workflow,
    title,
    order,
    begun: false,
    counts: noCounts(),
    running: new Map(),
    failed: [],
    finished: [],
  };
}

/** A replayed end is one of an earlier attempt, whichever it was. */
export function stateAfter(event: SettledEvent): CallState {
  if (event.replayed) return 'replayed';
  if (event.end === 'reply') return 'done';
  return isFailureEnd(event.end) ? 'failed' : 'stopped';
}
