/** The pool, for whoever makes calls: `connectToPool` finds its broker or starts one. Loaded for every `claude -p`: Node's own modules only. */
import type { Steerer, Steering } from '../../core/run.ts';
import type { BrokerMessage } from '../../wire/pool/pool-message.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';
import type { SteerEffect } from '../../wire/pool/run-order.ts';
import { PoolConnection, type Question } from './connection.ts';
import { type JoinRunWish, type Opening, type OpenRunWish, PoolRun, type RunFacts } from './pool-run.ts';
import { findBroker, type PoolProgram, reachBroker } from './start-broker.ts';

export { PoolRefusal, PoolUnreachable, StoppedElsewhere } from './pool-errors.ts';
export type { JoinRunWish, OpenRunWish, RequestWish } from './pool-run.ts';
export type { PoolProgram, PoolRun };

export interface ConnectOptions {
  /** Whether a broker is started where there is none, now or after a crash. Otherwise that is `PoolUnreachable` at once. */
  readonly startBroker?: boolean;
}

export interface SteerWish {
  readonly runId: string;
  /** Absolute path of its folder. */
  readonly dir: string;
  readonly action: Steering;
  /** Of `skip` and `retry`. */
  readonly call: number | undefined;
  readonly by: Steerer;
}

/** Fields that are left out stay as they are. */
export interface PoolSettingsWish {
  /** `null`: what it is by itself. */
  readonly slots?: number | null;
  readonly paused?: boolean;
  /** `null`: no limit. */
  readonly minFreeBytes?: number | null;
}

/** Connects to this user's pool. Rejects with `PoolUnreachable`. */
export async function connectToPool(
  program: PoolProgram,
  { startBroker = true }: ConnectOptions = {},
): Promise<PoolClient> {
  const link = await (startBroker ? reachBroker(program) : findBroker(program));
  return new PoolClient(new PoolConnection(program, link, startBroker));
}

export class PoolClient implements AsyncDisposable {
  readonly #connection: PoolConnection;

  constructor(connection: PoolConnection) {
    this.#connection = connection;
  }

  get slots(): number {
    return this.#connection.slots;
  }

  /** Rejects with `PoolRefusal`: `busy` when another process works on the run. */
  openRun(wish: OpenRunWish): Promise<PoolRun> {
    const { runId, dir, caps, reuse, rehearsal, joinable, waitForQuota } = wish;
    const { elsewhere = false, waitForCredentials = false, silentMs } = wish;
    const waits = { waitForQuota, waitForCredentials, silentMs };
    const fields = { runId, dir, caps, reuse, rehearsal, joinable, ...waits, elsewhere };
    return this.#enter({ type: 'open_run', ...fields, reattach: undefined }, (answer) => {
      if (answer.type !== 'run_opened') throw unexpected(answer);
      return this.#run({ type: 'open_run', wish: fields }, { ...answer, runId, dir });
    });
  }

  /** Rejects with `PoolRefusal`: `no-run` when nobody holds that run open. */
  joinRun({ runId, stateDir }: JoinRunWish): Promise<PoolRun> {
    const wish = { runId, stateDir };
    return this.#enter({ type: 'join_run', ...wish, reattach: undefined }, (answer) => {
      if (answer.type !== 'run_joined') throw unexpected(answer);
      return this.#run({ type: 'join_run', wish }, { ...NOTHING_TOLD, ...answer });
    });
  }

  /** Ends what the run has running, and refuses what waits. */
  stopRun(runId: string): Promise<void> {
    return this.#connection.ask({ type: 'stop_run', runId }, () => undefined);
  }

  /** Rejects with `PoolRefusal`, which says why that cannot be done. */
  steer({ runId, dir, action, call, by }: SteerWish): Promise<SteerEffect> {
    return this.#connection.ask({ type: 'steer', runId, dir, action, call, by }, (answer) => {
      if (answer.type !== 'steered') throw unexpected(answer);
      return answer;
    });
  }

  status(): Promise<PoolStatus> {
    return this.#connection.ask({ type: 'status' }, (answer) => {
      if (answer.type !== 'status') throw unexpected(answer);
      return answer.status;
    });
  }

  setPool({ slots, paused, minFreeBytes }: PoolSettingsWish): Promise<void> {
    return this.#connection.ask({ type: 'set_pool', slots, paused, minFreeBytes }, () => undefined);
  }

  /** Rejects with `PoolRefusal` while calls run, unless forced. */
  stopPool(force: boolean): Promise<void> {
    return this.#connection.ask({ type: 'stop_pool', force }, () => undefined);
  }

  /** What this client still holds is ended by the broker. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  #enter(question: Question, answered: (answer: BrokerMessage) => PoolRun): Promise<PoolRun> {
    return this.#connection.ask(question, answered);
  }

  /** In the turn of the answer, so that a broker's death right after it finds the run among those to be taken up. */
  #run(
    opening: Opening,
    { runId, dir, attempt, attempts, lastScript, spentTokens, notice }: RunFacts,
  ): PoolRun {
    const facts = { runId, dir, attempt, attempts, lastScript, spentTokens, notice };
    const run = new PoolRun(this.#connection, opening, facts);
    this.#connection.attach(run);
    return run;
  }
}

const NOTHING_TOLD: Omit<RunFacts, 'runId' | 'dir'> = {
  attempt: 0,
  attempts: [],
  lastScript: undefined,
  spentTokens: 0,
  notice: undefined,
};

function unexpected({ type }: BrokerMessage): Error {
  return new Error(`the pool's broker gave an answer that does not belong to the question: ${type}`);
}
