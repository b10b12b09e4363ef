/** Follows a run by its files alone, whoever works on it, until it has ended or nobody works on it any more. */
import type { Clock } from '../../core/ports.ts';
import { isAlive, type Program } from '../../core/program.ts';
import type { RunResult } from '../../core/run.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { elapsed } from '../../wire/waiting.ts';
import { readResult } from '../find-run.ts';
import type { RunFolder } from '../run-folder.ts';
import { isRunLocked } from '../run-lock.ts';
import { isOf } from '../run-record.ts';
import { watchFolders } from './folder-changes.ts';
import { JournalTail } from './journal-tail.ts';

export interface FollowedStep {
  /** Those since the last step; of the first one, all. */
  readonly records: readonly JournalRecord[];
  /** Of the last step. */
  readonly end: FollowedEnd | undefined;
}

export type FollowedEnd =
  | { readonly kind: 'ended'; readonly result: RunResult }
  /** Nobody works on it, and it has told no end: it was cut off, or it is one that nobody ends. */
  | { readonly kind: 'left' };

/** Asking whether somebody works on the run costs a process: only after a silence, and then not often. */
const ASK_MS = 5000;
/** A run whose broker died is taken up by the next one within so long, if the process that began its attempt lives. */
const TAKE_UP_MS = 2000;
const TAKE_UP_LOOK_MS = 100;

/** What is asked of beside the files. */
export interface FollowDeps extends Pick<Program, 'kill'> {
  readonly clock: Clock;
}

/**
 * A step at once, then one for each look at the files, whether something came or not. Throws a `UserError` when the
 * journal is damaged. Ends without a last step when `signal` aborts.
 */
export async function* followRun(
  folder: RunFolder,
  deps: FollowDeps,
  signal: AbortSignal,
): AsyncGenerator<FollowedStep> {
  const { clock } = deps;
  const looks = new Looks(signal);
  using _watch = watchFolders([folder.dir, folder.agentsDir], clock, looks.due);
  const tail = new JournalTail(folder.journalFile);
  const end = new AttemptEnd(folder);
  let askAt = clock.monotonicMs();
  while (!signal.aborted) {
    const records = tail.read();
    end.add(records);
    const now = clock.monotonicMs();
    if (end.told() === undefined && now >= askAt) {
      askAt = now + ASK_MS;
      if (!(await isWorkedOn(folder, end.pid, deps))) {
        // It may have ended while we asked.
        const last = tail.read();
        end.add(last);
        yield { records: [...records, ...last], end: end.told() ?? { kind: 'left' } };
        return;
      }
    } else if (records.length > 0) askAt = now + ASK_MS;
    const told = end.told();
    yield { records, end: told };
    if (told !== undefined) return;
    await looks.next();
  }
}

async function isWorkedOn(
  { dir }: RunFolder,
  pid: number | undefined,
  { clock, kill }: FollowDeps,
): Promise<boolean> {
  const until = clock.monotonicMs() + TAKE_UP_MS;
  for (;;) {
    if (await isRunLocked(dir)) return true;
    if (pid === undefined || clock.monotonicMs() >= until || !isAlive({ kill }, pid)) return false;
    await elapsed(clock, TAKE_UP_LOOK_MS);
  }
}

/** How the last attempt ended: it says so in the journal, and then writes its result. */
class AttemptEnd {
  readonly #folder: RunFolder;
  #attempt: number | undefined;
  #pid: number | undefined;

  constructor(folder: RunFolder) {
    this.#folder = folder;
  }

  /** Of the process that began the attempt, until it has told its end. */
  get pid(): number | undefined {
    return this.#attempt === undefined ? this.#pid : undefined;
  }

  add(records: readonly JournalRecord[]): void {
    for (const record of records) {
      if (record.type === 'attempt') {
        this.#attempt = undefined;
        this.#pid = record.pid;
      }
      if (record.type === 'end') this.#attempt = record.attempt;
    }
  }

  told(): FollowedEnd | undefined {
    if (this.#attempt === undefined) return undefined;
    const result = readResult(this.#folder);
    return result !== undefined && isOf(result, this.#attempt) ? { kind: 'ended', result } : undefined;
  }
}

/** A look that falls due while the last one is still being dealt with is not lost. */
class Looks {
  #isDue = false;
  #wake = (): void => {};

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', this.due, { once: true });
  }

  readonly due = (): void => {
    this.#isDue = true;
    this.#wake();
  };

  async next(): Promise<void> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isDue = false;
  }
}
