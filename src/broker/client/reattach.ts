/** After a broker's death: every run of this client is taken up by the next broker, with the calls that are open. */
import type { BrokerMessage, ClientMessage } from '../../wire/pool/pool-message.ts';
import { PoolRefusal } from './pool-errors.ts';

/** The broker went away before it answered. */
export class LinkLost extends Error {
  override readonly name = 'LinkLost';
}

/** What a broker says of a run without being asked. */
export type RunMessage = CallMessage | Extract<BrokerMessage, { readonly type: 'notice' | 'held' }>;

/** What it says so of a call. */
export type CallMessage = Extract<BrokerMessage, { readonly type: 'granted' | 'refused_place' | 'stop' }>;

type Unnumbered<M> = M extends unknown ? Omit<M, 'seq'> : never;
export type Reopening = Unnumbered<Extract<ClientMessage, { readonly type: 'open_run' | 'join_run' }>>;

/** A run, as the connection sees it. */
export interface AttachedRun {
  readonly runId: string;
  deliver(message: RunMessage): void;
  /** How it is taken up, with its open calls as they are now. */
  reopening(): Reopening;
  /** Nobody arbitrates its calls any more: what waits is refused with `error`, what runs is to end. */
  lost(error: Error): void;
}

export interface ReopeningDeps {
  /** Asks for one run. Rejects with `LinkLost` or `PoolRefusal`. */
  reopen(run: AttachedRun): Promise<BrokerMessage>;
  lose(run: AttachedRun, error: Error): void;
  wait(ms: number): Promise<void>;
  monotonicMs(): number;
}

/** Whoever holds a run open may come back later than those who joined it, and an earlier owner may be going. */
const MAY_PASS: readonly PoolRefusal['reason'][] = ['no-run', 'busy'];
const RETRY_MS = 50;
const RETRY_LIMIT_MS = 5000;

/** Rejects with `LinkLost` only: a run that is refused is lost, and the others go on. */
export async function reopenRuns(runs: readonly AttachedRun[], deps: ReopeningDeps): Promise<void> {
  await Promise.all(runs.map((run) => reopen(run, deps)));
}

async function reopen(run: AttachedRun, deps: ReopeningDeps): Promise<void> {
  const began = deps.monotonicMs();
  for (;;) {
    try {
      const answer = await deps.reopen(run);
      const isAnother = answer.type === 'run_joined' && answer.runId !== run.runId;
      if (isAnother) deps.lose(run, new Error(`the pool took up ${answer.runId} for ${run.runId}`));
      return;
    } catch (error) {
      if (!(error instanceof PoolRefusal)) throw error;
      const isLate = deps.monotonicMs() - began >= RETRY_LIMIT_MS;
      if (isLate || !MAY_PASS.includes(error.reason)) return deps.lose(run, error);
    }
    await deps.wait(RETRY_MS);
  }
}
