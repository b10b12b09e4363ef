/** One call that has not settled: waits, is given its slot, holds it. The client keeps it whole, for a broker that never heard of it. */
import type { Outcome, Pressure } from '../../core/outcome.ts';
import type { Lease, LeaseTicket, Refusal, SettleAnswer } from '../../core/ports.ts';
import type { OpenCall, ProcessMark } from '../../wire/pool/pool-message.ts';
import type { StopReason } from '../../wire/pool/run-order.ts';
import { markOf } from '../../wire/processes/process-mark.ts';
import { forgivable, stopError } from './pool-errors.ts';
import type { CallMessage } from './reattach.ts';

/** What a call says of itself without asking. */
export type CallNotice =
  | { readonly type: 'cancel' | 'release' }
  | { readonly type: 'pressure'; readonly pressure: Pressure }
  | { readonly type: 'runs'; readonly agent: ProcessMark };

/** The call's way to the broker. */
export interface CallDoor {
  place(): Pick<LeaseTicket, 'socketPath' | 'token'>;
  tell(notice: CallNotice): void;
  /** Resolves when the outcome is durable. `again` is called in the turn of an answer that the call waits again. */
  settle(outcome: Outcome, again: () => void): Promise<SettleAnswer>;
  /** The call is nobody's any more. */
  forget(): void;
}

export type AskedCall = Omit<OpenCall, 'state' | 'leaseId' | 'agent' | 'stop'>;
export type Placement = Refusal | { readonly kind: 'leased'; readonly lease: Lease };

type Grant = { readonly kind: 'granted'; readonly leaseId: string; readonly budgetUsd: number | undefined };
type Told = Refusal | Grant;

export class PoolCall {
  readonly #asked: AskedCall;
  readonly #door: CallDoor;
  #stop = new AbortController();
  #told: Promise<Told>;
  #tell: (told: Told) => void = () => {};
  #fail: (error: Error) => void = () => {};
  #leaseId: string | undefined;
  #agent: ProcessMark | undefined;
  #why: StopReason | undefined;
  /** Given back or settling: nothing more is said of it unasked. */
  #isOver = false;

  constructor(asked: AskedCall, door: CallDoor) {
    this.#asked = asked;
    this.#door = door;
    this.#told = this.#newTurn();
  }

  #newTurn(): Promise<Told> {
    return forgivable(
      new Promise((resolve, reject) => {
        this.#tell = resolve;
        this.#fail = reject;
      }),
    );
  }

  /** As a broker is told that was started after a crash. */
  open(): OpenCall {
    const leaseId = this.#leaseId;
    const state = leaseId === undefined ? 'waiting' : 'held';
    return { ...this.#asked, state, leaseId, agent: this.#agent, stop: this.#why };
  }

  deliver(message: CallMessage): void {
    switch (message.type) {
      case 'granted':
        this.#leaseId = message.leaseId;
        this.#tell({ kind: 'granted', leaseId: message.leaseId, budgetUsd: message.budgetUsd });
        break;
      case 'refused_place':
        this.#door.forget();
        this.#tell({ kind: 'refused', cap: message.cap, message: message.message, raise: message.raise });
        break;
      case 'stop': {
        const stopped = stopError(message.why);
        this.#why = message.why;
        this.#stop.abort(stopped);
        if (this.#leaseId !== undefined) break;
        this.#giveBack('cancel');
        this.#fail(stopped);
        break;
      }
    }
  }

  /** The pool is gone. */
  lost(error: Error): void {
    this.#isOver = true;
    this.#fail(error);
    this.#stop.abort(error);
  }

  /** Settles once; after an abort of `signal` it rejects with its reason, and the slot is given back, also one that is on its way. */
  place(signal: AbortSignal): Promise<Placement> {
    return forgivable(
      new Promise((resolve, reject) => {
        const giveUp = (): void => {
          this.#giveBack(this.#leaseId === undefined ? 'cancel' : 'release');
          reject(signal.reason);
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp, { once: true });
        this.#told.then(
          (told) => {
            // In one turn with the look at it: an abort in between would be nobody's.
            signal.removeEventListener('abort', giveUp);
            // Aborted between the grant and this turn: it has been given back.
            if (signal.aborted) return;
            resolve(told.kind === 'refused' ? told : { kind: 'leased', lease: this.#lease(told) });
          },
          (error: unknown) => {
            signal.removeEventListener('abort', giveUp);
            reject(error);
          },
        );
      }),
    );
  }

  #giveBack(type: 'cancel' | 'release'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#door.forget();
    this.#door.tell({ type });
  }

  #lease({ leaseId, budgetUsd }: Grant): Lease {
    const door = this.#door;
    // Of this turn: the call may wait again by the time its first lease is disposed of.
    let isSettled = false;
    const ticket = (): LeaseTicket => {
      const { socketPath, token } = door.place();
      return { socketPath, token, leaseId };
    };
    return {
      // Of the broker that lives now: another one than granted it, after a crash.
      get ticket() {
        return ticket();
      },
      stop: this.#stop.signal,
      budgetUsd,
      runs: (pid) => {
        if (this.#isOver) return;
        this.#agent = markOf(pid);
        door.tell({ type: 'runs', agent: this.#agent });
      },
      pressed: (pressure) => {
        if (!this.#isOver) door.tell({ type: 'pressure', pressure });
      },
      settle: (outcome) => {
        if (isSettled) return Promise.reject(new Error(`call ${this.#asked.call} was settled twice`));
        isSettled = true;
        // What is settled is not given back as well.
        this.#isOver = true;
        return this.#door.settle(outcome, () => this.#waitAgain());
      },
      [Symbol.asyncDispose]: async () => {
        if (!isSettled) this.#giveBack('release');
      },
    };
  }

  /** Before the grant that may follow in the same breath. */
  #waitAgain(): void {
    this.#leaseId = undefined;
    this.#agent = undefined;
    this.#why = undefined;
    this.#isOver = false;
    this.#stop = new AbortController();
    this.#told = this.#newTurn();
  }
}
