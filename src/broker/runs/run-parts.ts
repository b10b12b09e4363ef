/** What a run in the broker is made of, and what it is handed of the broker. */
import type { Clock } from '../../core/ports.ts';
import type { HoldCause } from '../../core/run.ts';
import type { RunState } from '../../pool/run-state.ts';
import type { SlotPool } from '../slots/slot-pool.ts';
import type { RunJournal } from './run-records.ts';

export interface RunParts {
  readonly runId: string;
  readonly dir: string;
  readonly joinable: boolean;
  /** Nobody's: its calls come and go, it stays. */
  readonly standing: boolean;
  /** When this attempt began: milliseconds since the epoch. */
  readonly startedAt: number;
  /** Once the account is used up it stays, and goes on by itself. */
  readonly waitsForQuota: boolean;
  /** Refused credentials do not end it: another recipe, or another run whose call it carries out, may have better ones. */
  readonly waitsForCredentials: boolean;
  /** See `RunLife`. */
  readonly silentMs: number | undefined;
  /** Its agents run on other hosts. */
  readonly elsewhere: boolean;
  readonly journal: RunJournal;
  readonly state: RunState;
  /** Calls whose outcome is on record, of an attempt that goes on after a broker's death. */
  readonly settled: Set<number>;
  /** Calls that a broker before this one put back, perhaps without a word to their clients. */
  readonly setBack: Set<number>;
  readonly started: ReadonlyMap<number, number>;
  /** Calls of this attempt that a broker before this one has numbered. */
  readonly counted: Set<number>;
  readonly told: ReadonlySet<string>;
  /** A person had it wait when a broker before this one had it. */
  readonly isPaused: boolean;
  /** All that the journal says holds it, the last of it last: perhaps causes that died with that broker. */
  readonly heldBy: readonly HoldCause[];
}

/** The highest number of each run's calls, where a broker's death does not reach it. */
export interface CallNumbers {
  numbered(dir: string, call: number): void;
  highestNumber(dir: string): number;
  closed(dir: string): void;
}

export interface RunDeps {
  readonly numbers: CallNumbers;
  readonly slots: SlotPool;
  readonly clock: Clock;
  readonly fail: (error: Error) => void;
}
