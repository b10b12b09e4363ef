/** The runs the broker has open: opened by one owner at a time, joined by others, closed when they are over. */
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { attemptEnds } from '../../journal/attempt-ends.ts';
import { type OwnJournal, openOwnJournal } from '../../journal/own-journal.ts';
import { RunFolder } from '../../journal/run-folder.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { type Client, type Message, Refused } from '../client-port.ts';
import { BrokerRun } from './broker-run.ts';
import { stateOf } from './opened-state.ts';
import type { RunDeps, RunParts } from './run-parts.ts';
import {
  isStandingRunId,
  makeStandingFolder,
  standingAttempt,
  standingParts,
  standingRunId,
} from './standing-run.ts';

/** How long those who come before their run's owner does are patient: after a broker's death all come back at once. */
const REATTACH_MS = 10_000;
const NEW_BROKER_MS = 2000;

export type RegistryProgram = Pick<Program, 'clock' | 'uid' | 'pid'>;

export class RunRegistry {
  readonly #program: RegistryProgram;
  readonly #deps: RunDeps;
  readonly #runs = new Map<string, BrokerRun>();
  readonly #opening = new Map<string, Promise<BrokerRun>>();
  readonly #arrivals = new Set<() => void>();
  readonly #startedAt: number;

  constructor(program: RegistryProgram, deps: RunDeps) {
    this.#program = program;
    this.#deps = deps;
    this.#startedAt = program.clock.monotonicMs();
  }

  get all(): BrokerRun[] {
    return [...this.#runs.values()];
  }

  get callCount(): number {
    return this.all.reduce((sum, run) => sum + run.callCount, 0);
  }

  /** The run, when that client may use it. */
  of(client: Client, runId: string): BrokerRun {
    const run = this.#runs.get(runId);
    if (run?.isOf(client)) return run;
    const joined = this.all.find((each) => each.parts.runId === runId && each.isOf(client));
    if (joined) return joined;
    throw new Refused('no-run', `the run ${runId} is not open on this connection`);
  }

  find(runId: string): BrokerRun | undefined {
    return this.#runs.get(runId);
  }

  /** Also the run of a day, by its folder: that one is called the same in every state folder. */
  inFolder(runId: string, dir: string): BrokerRun | undefined {
    return this.find(runId) ?? this.all.find(({ parts }) => parts.runId === runId && parts.dir === dir);
  }

  async open(client: Client, message: Message<'open_run'>): Promise<void> {
    const { runId, dir, reattach, seq } = message;
    this.#requireFolder(dir, runId);
    for (let run = this.#runs.get(runId); run !== undefined; run = this.#runs.get(runId)) {
      if (run.owner !== undefined || run.parts.standing) throw busy(runId);
      // Its owner is gone: its agents are being ended.
      await run.closed;
    }
    if (this.#opening.has(runId)) throw busy(runId);
    let records: readonly JournalRecord[] = [];
    let notice: string | undefined;
    const run = await this.#opened(runId, client, async () => {
      const journal = await this.#journal(dir, runId);
      records = journal.records;
      notice = journal.notice;
      return {
        runId,
        dir,
        joinable: message.joinable,
        standing: false,
        waitsForQuota: message.waitForQuota ?? false,
        waitsForCredentials: message.waitForCredentials ?? false,
        silentMs: message.silentMs,
        elsewhere: message.elsewhere ?? false,
        ...lasting(journal),
        ...stateOf(message, records, this.#program.clock.now()),
      };
    });
    const { attempt, recorded } = run.parts.state;
    const scripts = records.flatMap((record) => (record.type === 'attempt' ? [record] : []));
    client.send({
      type: 'run_opened',
      seq,
      attempt,
      attempts: attemptEnds(records).filter((end) => end.attempt !== attempt),
      lastScript: scripts.at(-1)?.script,
      spentTokens: recorded.lostTokens,
      notice,
    });
    if (reattach !== undefined) run.pressure.takenUp();
    run.requests.reattach(client, reattach?.calls ?? []);
  }

  async join(client: Client, { seq, runId, stateDir, reattach }: Message<'join_run'>): Promise<void> {
    const isBack = reattach !== undefined;
    const run =
      runId === undefined || (isBack && isStandingRunId(runId))
        ? await this.#standing(stateDir, runId)
        : await this.#arrived(runId, isBack);
    run.join(client);
    client.send({ type: 'run_joined', seq, runId: run.parts.runId, dir: run.parts.dir });
    run.requests.reattach(client, reattach ?? []);
  }

  leave(client: Client): void {
    for (const run of this.all) if (run.isOf(client)) run.leave(client);
  }

  /** Gives the runs of earlier days free. */
  async closeIdle(): Promise<void> {
    const today = standingRunId(this.#program.clock.now());
    const idle = this.all.filter(({ isIdle, parts }) => isIdle && parts.standing && parts.runId !== today);
    await Promise.all(idle.map((run) => run.close()));
  }

  async letGoAll(): Promise<void> {
    // Those whose folders are still being read come too, or their locks would outlast this broker's word that it is over.
    await Promise.allSettled(this.#opening.values());
    await Promise.all(this.all.map((run) => run.letGo()));
  }

  async #arrived(runId: string, isBack: boolean): Promise<BrokerRun> {
    const sinceStart = this.#program.clock.monotonicMs() - this.#startedAt;
    const patienceMs = isBack ? REATTACH_MS : NEW_BROKER_MS - sinceStart;
    if (!this.#runs.has(runId) && patienceMs > 0) await this.#arrival(runId, patienceMs);
    const run = this.#runs.get(runId);
    if (run === undefined || run.isClosing) throw new Refused('no-run', `no run ${runId} is open`);
    if (!run.parts.joinable) throw new Refused('refused', `the run ${runId} takes no calls of others`);
    return run;
  }

  #arrival(runId: string, patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#runs.has(runId)) done();
      };
      const cancel = this.#program.clock.after(patienceMs, () => done());
      const done = (): void => {
        cancel();
        this.#arrivals.delete(look);
        resolve();
      };
      this.#arrivals.add(look);
    });
  }

  /** `named`: of an earlier day, for the calls that were made in it. */
  async #standing(stateDir: string, named: string | undefined): Promise<BrokerRun> {
    if (!path.isAbsolute(stateDir) || path.normalize(stateDir) !== stateDir)
      throw new Refused('malformed', `stateDir ${JSON.stringify(stateDir)} is not absolute, or has a ..`);
    const { clock, uid, pid } = this.#program;
    const now = clock.now();
    const runId = named ?? standingRunId(now);
    // Of several state folders each has its own; the name within the broker tells them apart by the folder.
    const { dir } = new RunFolder(stateDir, runId);
    const found = this.all.find(({ parts }) => parts.standing && parts.dir === dir);
    if (found !== undefined && !found.isClosing) return found;
    await found?.closed;
    return await (this.#opening.get(dir) ??
      this.#opened(dir, undefined, async () => {
        await makeStandingFolder(stateDir, runId, uid, now);
        const journal = await this.#journal(dir, runId);
        const parts = standingParts(journal.records);
        if (parts.state.recorded.attempts === 0) journal.writer.append(standingAttempt(pid, now));
        const what = { joinable: true, standing: true, startedAt: now };
        const how = {
          waitsForQuota: false,
          waitsForCredentials: true,
          silentMs: undefined,
          elsewhere: false,
        };
        return { ...parts, ...lasting(journal), runId, dir, ...what, ...how };
      }));
  }

  /** One at a time; those who come meanwhile get the same. */
  async #opened(key: string, owner: Client | undefined, make: () => Promise<RunParts>): Promise<BrokerRun> {
    const opening = make().then((parts) => this.#add(new BrokerRun(parts, this.#deps, owner)));
    this.#opening.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (error instanceof UserError) throw new Refused('damaged', error.message);
      const { code } = error as NodeJS.ErrnoException;
      if (code !== undefined) throw new Refused('journal', (error as Error).message);
      throw error;
    } finally {
      this.#opening.delete(key);
    }
  }

  #add(run: BrokerRun): BrokerRun {
    const { standing, dir, runId, state } = run.parts;
    const key = standing ? dir : runId;
    const { numbers } = this.#deps;
    // Calls that waited when a broker died: their clients know their numbers, and no journal does.
    state.lastCall = Math.max(state.lastCall, numbers.highestNumber(dir));
    this.#runs.set(key, run);
    void run.closed.then(() => this.#runs.delete(key));
    for (const look of [...this.#arrivals]) look();
    return run;
  }

  async #journal(dir: string, runId: string): Promise<OwnJournal> {
    const journal = await openOwnJournal(dir, runId, this.#program.clock.now());
    if (journal === undefined) throw busy(runId);
    return journal;
  }

  #requireFolder(dir: string, runId: string): void {
    const isNamedSo = path.isAbsolute(dir) && path.normalize(dir) === dir && path.basename(dir) === runId;
    const stat = isNamedSo ? lstatSync(dir, { throwIfNoEntry: false }) : undefined;
    if (stat?.isDirectory() && stat.uid === this.#program.uid) return;
    throw new Refused(
      'refused',
      `${JSON.stringify(dir)} is no folder of yours that holds the run ${JSON.stringify(runId)}`,
    );
  }
}

/** What was read is not kept: a standing run's journal grows all day. */
function lasting({ writer, close }: OwnJournal): {
  readonly journal: Omit<OwnJournal, 'records' | 'notice'>;
} {
  return { journal: { writer, close } };
}

function busy(runId: string): Refused {
  return new Refused('busy', `run ${runId} is still at work; wait for it, or stop it, before it is resumed`);
}
