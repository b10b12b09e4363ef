/** A run that somebody works on: its folder, its journal and its pool, wherever those two are kept. */
import type { Clock, SlotSource } from '../core/ports.ts';
import type { RunEvent } from '../core/progress.ts';
import type { AttemptEnd, RunCaps, RunHeld } from '../core/run.ts';
import { attemptEnds } from '../journal/attempt-ends.ts';
import type { OpenRun } from '../journal/open-run.ts';
import type { RunFolder } from '../journal/run-folder.ts';
import { LocalPool, type RecordSink } from '../pool/local-pool.ts';
import { recordedCalls } from '../pool/recorded-calls.ts';
import { timePause } from '../pool/run-caps.ts';
import { newRunState, type Reuse } from '../pool/run-state.ts';
import { watchTime } from '../pool/time-cap.ts';
import { RunStopped } from './run-workflow.ts';

/** Disposing ends the work on it: everything is written, and others may go on with it. */
export interface OpenedRun extends AsyncDisposable {
  readonly folder: RunFolder;
  readonly pool: SlotSource;
  readonly journal: RecordSink;
  readonly attempt: number;
  /** Those before. */
  readonly attempts: readonly AttemptEnd[];
  /** Output tokens of earlier attempts that no replay brings back. */
  readonly spentTokens: number;
  /** Name of this attempt's script in the folder. */
  readonly scriptFile: string;
  /** Aborted, with `RunStopped`, when somebody stopped the run from elsewhere; `undefined` where nobody can. */
  readonly stopped: AbortSignal | undefined;
  /** `listener` hears what wants a person's attention; it stands in the journal's log already. */
  readonly listen: (listener: (notice: string) => void) => void;
  /** Hears when nothing new of it starts, and (`null`) when it goes on. Never, where nobody can take hold of it. */
  readonly onHeld: (listener: (held: RunHeld | null) => void) => void;
  /** For the run's log: what had to be left out, or will be slower than asked for. */
  readonly notices: readonly string[];
}

export interface RunRules {
  readonly caps: RunCaps;
  readonly reuse: Reuse;
  readonly rehearsal: boolean;
  readonly waitForQuota: boolean;
  /** Credentials that are refused do not end it: whoever opened it sees to that. */
  readonly waitForCredentials?: boolean;
  /** Its agents are ended when this process, though it is there, does nothing for so long. */
  readonly silentMs?: number;
  /** Its agents run on other hosts, and take no slot of this one's. */
  readonly elsewhere?: boolean;
  /** Whether a call waits again by itself whose agent came to nothing; as a rule it does. */
  readonly repeatable?: boolean;
}

/** A pool of the run's own, inside this process: for agents that are no processes, and so take nothing from others. */
export function openedHere(run: OpenRun, { caps, reuse, rehearsal }: RunRules, clock: Clock): OpenedRun {
  const { folder, journal, records, scriptFile, notice } = run;
  const state = newRunState(caps, recordedCalls(records, rehearsal), reuse);
  const pool = new LocalPool(state, journal, clock);
  const over = new AbortController();
  const endTime = watchTime({
    caps,
    startedAt: clock.now(),
    clock,
    near: (text) => pool.notice(text),
    over: () => {
      const pause = timePause(caps);
      over.abort(new RunStopped(pause.message, pause));
    },
  });
  return {
    folder,
    journal,
    pool,
    attempt: state.attempt,
    attempts: attemptEnds(records),
    spentTokens: state.outputTokens,
    scriptFile,
    stopped: over.signal,
    listen: (listener) => pool.listen(listener),
    onHeld: () => {},
    notices: notice === undefined ? [] : [notice],
    [Symbol.asyncDispose]: async () => {
      endTime();
      await run[Symbol.asyncDispose]();
    },
  };
}

/** For those who watch it. */
export function tellHeld(
  { onHeld }: OpenedRun,
  progress: (event: RunEvent) => void,
  clock: Pick<Clock, 'now'>,
): void {
  onHeld((held) => {
    const at = clock.now();
    progress(held === null ? { type: 'run_released', at } : { type: 'run_held', ...held, at });
  });
}
