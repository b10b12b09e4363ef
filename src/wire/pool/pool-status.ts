/** What the pool tells of itself: the answer to `status`. */
import type { RunHeld } from '../../core/run.ts';

export interface PoolStatus {
  readonly version: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly slots: number;
  /** What the model API bears, as far as agents have heard. */
  readonly pace: PoolPace;
  readonly paused: boolean;
  readonly minFreeBytes: number | null;
  /** Slots taken now; more than `slots` right after it was lowered, or when a session was let in. */
  readonly taken: number;
  /** Calls that run in a slot lent by their ancestor. */
  readonly lent: number;
  readonly waiting: number;
  readonly runs: readonly PoolRunStatus[];
}

export interface PoolPace {
  /** Of the pool's slots, those that are given out now. */
  readonly slots: number;
  /** Milliseconds since the epoch: nothing new starts before; `null`: it may, or nobody knows when. */
  readonly until: number | null;
  /** For people; `null`: nothing slows the pool. */
  readonly cause: string | null;
}

export interface PoolRunStatus {
  readonly runId: string;
  readonly dir: string;
  readonly running: number;
  readonly waiting: number;
  /** Calls that its caps refused. */
  readonly refused: number;
  /** Why nothing new of it starts; `null`: it may. */
  readonly held: RunHeld | null;
  readonly calls: readonly PoolCallStatus[];
}

export interface PoolCallStatus {
  readonly call: number;
  readonly label: string;
  readonly phase?: string | undefined;
  readonly workflow?: string | undefined;
  readonly model?: string | undefined;
  readonly state: 'waiting' | 'starting' | 'running' | 'ending';
  readonly pid: number | undefined;
  /** Milliseconds since the epoch: of the request, then of the grant. */
  readonly since: number;
}
