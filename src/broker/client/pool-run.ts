/** A run as its client sees it: asks for places over the socket, whichever broker arbitrates at the moment. */
import { setMaxListeners } from 'node:events';
import type { CallRequest } from '../../core/call.ts';
import type { Admission, SettleAnswer, SlotSource } from '../../core/ports.ts';
import type { AttemptEnd, RunCaps, RunHeld } from '../../core/run.ts';
import { JournalBroken } from '../../journal/journal-writer.ts';
import type {
  BrokerMessage,
  CallName,
  OpenCall,
  Priority,
  WireRequest,
} from '../../wire/pool/pool-message.ts';
import type { StopReason } from '../../wire/pool/run-order.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import type { PoolConnection, Question } from './connection.ts';
import { type CallDoor, PoolCall } from './pool-call.ts';
import { forgivable, PoolRefusal, StoppedElsewhere } from './pool-errors.ts';
import type { AttachedRun, Reopening, RunMessage } from './reattach.ts';

export interface OpenRunWish {
  readonly runId: string;
  /** Absolute path of the run's folder, which exists. */
  readonly dir: string;
  readonly caps: RunCaps;
  readonly reuse: 'content' | 'prefix' | 'none';
  readonly rehearsal: boolean;
  readonly joinable: boolean;
  readonly waitForQuota: boolean;
  readonly waitForCredentials?: boolean;
  /** Its agents are ended when `lives` is not called for so long. */
  readonly silentMs?: number | undefined;
  /** Its agents run on other hosts, and take no slot of this one's. */
  readonly elsewhere?: boolean;
}

export interface JoinRunWish {
  /** `undefined`: the standing run. */
  readonly runId: string | undefined;
  readonly stateDir: string;
}

export interface RequestWish {
  readonly priority?: Priority;
  /** Lease of the agent below which the call was made. */
  readonly parent?: string;
  readonly overCapAfterMs?: number;
  /** Nobody hears anything of the agent before it settles; see `again`. */
  readonly repeatable?: boolean;
}

/** What the broker told of the run when it was opened; nothing of the kind when it was joined. */
export interface RunFacts {
  readonly runId: string;
  readonly dir: string;
  readonly attempt: number;
  readonly attempts: readonly AttemptEnd[];
  readonly lastScript: string | undefined;
  readonly spentTokens: number;
  readonly notice: string | undefined;
}

export type Opening =
  | { readonly type: 'open_run'; readonly wish: OpenRunWish }
  | { readonly type: 'join_run'; readonly wish: JoinRunWish };

export class PoolRun implements SlotSource, AttachedRun, AsyncDisposable {
  readonly runId: string;
  readonly dir: string;
  readonly attempt: number;
  readonly attempts: readonly AttemptEnd[];
  readonly lastScript: string | undefined;
  readonly spentTokens: number;
  readonly notice: string | undefined;
  /** Aborted with `StoppedElsewhere` when somebody else stopped the run: nothing of it may start any more. */
  readonly stopped: AbortSignal;
  readonly #stop = new AbortController();
  #listener: (notice: string) => void = () => {};
  readonly #connection: PoolConnection;
  readonly #opening: Opening;
  /** By number: every call that has not settled. */
  readonly #calls = new Map<number, PoolCall>();
  #closed: Promise<void> | undefined;
  #held: RunHeld | null = null;
  #onHeld: (held: RunHeld | null) => void = () => {};

  constructor(connection: PoolConnection, opening: Opening, facts: RunFacts) {
    this.#connection = connection;
    this.#opening = opening;
    this.stopped = this.#stop.signal;
    setMaxListeners(0, this.stopped);
    this.runId = facts.runId;
    this.dir = facts.dir;
    this.attempt = facts.attempt;
    this.attempts = facts.attempts;
    this.lastScript = facts.lastScript;
    this.spentTokens = facts.spentTokens;
    this.notice = facts.notice;
  }

  request(request: CallRequest, how: RequestWish = {}): Promise<Admission> {
    const { prompt: _prompt, ...wire } = request;
    const { runId } = this;
    const { priority = 'normal', parent, overCapAfterMs, repeatable = false } = how;
    const asked = this.#connection.ask(
      { type: 'request', runId, request: wire, priority, parent, overCapAfterMs, repeatable },
      (answer) => this.#admission(answer, request, wire, { priority, parent, repeatable }),
    );
    return forgivable(
      asked.catch((error: unknown) => {
        if (error instanceof PoolRefusal && error.reason === 'refused')
          this.#stopElsewhere({ kind: 'stopped' });
        throw error;
      }),
    );
  }

  /** Hears, from now on, when nothing new of the run starts, and (`null`) when it goes on. One listener. */
  onHeld(listener: (held: RunHeld | null) => void): void {
    this.#onHeld = listener;
    if (this.#held !== null) listener(this.#held);
  }

  /** This process is at work, and not frozen. */
  lives(): void {
    this.#connection.tell({ type: 'lives', runId: this.runId });
  }

  append(record: JournalRecord): void {
    this.#connection.tell({ type: 'append', runId: this.runId, record });
  }

  /** Rejects with `JournalBroken` when the journal cannot be written. */
  commit(record: JournalRecord): Promise<void> {
    return this.#durably({ type: 'commit', runId: this.runId, record }, () => undefined);
  }

  /** Gives the run back, once all of it is written. A run that was joined goes on without us. */
  close(): Promise<void> {
    this.#closed ??= forgivable(this.#close());
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#opening.type === 'open_run') {
      await this.#durably({ type: 'close_run', runId: this.runId }, () => undefined);
    }
    this.#connection.detach(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** From here on `listener` hears what wants a person's attention. */
  listen(listener: (notice: string) => void): void {
    this.#listener = listener;
  }

  deliver(message: RunMessage): void {
    if (message.type === 'notice') {
      this.#listener(message.text);
      return;
    }
    if (message.type === 'held') {
      this.#held = message.held;
      this.#onHeld(message.held);
      return;
    }
    if (message.type === 'stop' && message.call === 0) this.#stopElsewhere(message.why);
    const call = this.#calls.get(message.call);
    if (call) call.deliver(message);
    // It was given up while the grant was on its way.
    else if (message.type === 'granted') {
      this.#connection.tell({ type: 'release', runId: this.runId, call: message.call });
    }
  }

  reopening(): Reopening {
    const calls: OpenCall[] = [...this.#calls.values()].map((call) => call.open());
    const { type, wish } = this.#opening;
    if (type === 'open_run') return { type, ...wish, reattach: { attempt: this.attempt, calls } };
    // By its name: the standing run may be that of a day which is over by now.
    return { type, ...wish, runId: this.runId, reattach: calls };
  }

  lost(error: Error): void {
    for (const call of this.#calls.values()) call.lost(error);
    this.#calls.clear();
  }

  #stopElsewhere(why: StopReason): void {
    this.#stop.abort(new StoppedElsewhere(why));
  }

  #admission(
    answer: BrokerMessage,
    request: CallRequest,
    wire: WireRequest,
    how: Pick<OpenCall, 'priority' | 'parent' | 'repeatable'>,
  ): Admission {
    if (answer.type !== 'admitted') throw new Error(`a request was answered with ${answer.type}`);
    if (answer.kind === 'refused') {
      const { cap, message, raise } = answer;
      return { kind: 'refused', cap, message, raise };
    }
    const name: CallName = { call: answer.call, key: answer.key, occurrence: answer.occurrence };
    const { contentHash: _content, promptHash: _prompt, askedModel: _model, ...content } = request;
    const call = { ...content, id: name.call, key: name.key, occurrence: name.occurrence };
    if (answer.kind === 'replayed') return { kind: 'replayed', call, outcome: answer.outcome };
    const waiting = new PoolCall({ ...name, request: wire, ...how }, this.#doorOf(name.call));
    this.#calls.set(name.call, waiting);
    return { kind: 'queued', call, place: (signal) => waiting.place(signal) };
  }

  #doorOf(call: number): CallDoor {
    const { runId } = this;
    const forget = (): void => void this.#calls.delete(call);
    return {
      place: () => this.#connection.place,
      tell: (notice) => this.#connection.tell({ ...notice, runId, call }),
      settle: (outcome, again) => {
        const settled = this.#durably({ type: 'settle', runId, call, outcome }, ({ type }): SettleAnswer => {
          if (type === 'again') again();
          else forget();
          return type === 'again' ? 'again' : 'settled';
        });
        settled.catch(forget);
        return settled;
      },
      forget,
    };
  }

  #durably<T>(question: Question, answered: (answer: BrokerMessage) => T): Promise<T> {
    const done = this.#connection.ask(question, answered);
    return forgivable(
      done.catch((error: unknown) => {
        if (error instanceof PoolRefusal && error.reason === 'journal') {
          throw new JournalBroken(error.message, { cause: error });
        }
        throw error;
      }),
    );
  }
}
