/** Who waits for a slot: in the queue of all runs, for an ancestor's slot, or for its patience to run out; the first that comes counts. */
import PQueue from 'p-queue';
import type { Clock } from '../../core/ports.ts';
import { type FairOptions, FairQueue } from '../../pool/fair-queue.ts';
import type { SlotOwner } from '../../pool/slot-ledger.ts';
import type { Priority } from '../../wire/pool/pool-message.ts';
import type { MemoryGate } from './memory-gate.ts';

export type FairPQueue = PQueue<FairQueue, FairOptions>;

export interface SlotWish extends Omit<SlotOwner, 'leaseId' | 'lender'> {
  readonly priority: Priority;
  /** Lease of the agent below which the call was made. */
  readonly parent: string | undefined;
  readonly overCapAfterMs: number | undefined;
  /** Its agent came to nothing that counts: it goes before the others of its run. */
  readonly ahead: boolean;
  /** Where the calls of its run wait for the run's own cap. */
  readonly line: FairPQueue;
  /** Its turn has come; `false`: a cap refuses it now. */
  mayStart(): boolean;
  granted(leaseId: string): void;
}

export interface WaitingSlot {
  /** Gives up waiting; without effect once granted. */
  cancel(): void;
}

export interface WaitingDeps {
  readonly clock: Clock;
  readonly memory: MemoryGate;
  /** Gives it a slot; its lease, or `undefined` when a cap refused it. */
  readonly give: (wish: SlotWish, lender: string | undefined) => string | undefined;
  /** Somebody paused the pool. */
  readonly isPaused: () => boolean;
  readonly canLend: (lender: string) => boolean;
  readonly whenFree: (leaseId: string) => Promise<void>;
  readonly fail: (error: Error) => void;
}

/** What runs already, and only has to be counted, goes before everything that waits. */
const RANKS = { counted: 2, session: 1, normal: 0 } as const;
const PAUSED_LOOK_MS = 1000;

interface Waiting {
  readonly wish: SlotWish;
  readonly giveUp: AbortController;
  state: 'waiting' | 'granted' | 'lent' | 'over';
  leaseId: string | undefined;
  isInTurn: boolean;
  cancelTimer: (() => void) | undefined;
}

export class WaitingSlots {
  readonly queue: FairPQueue;
  /** Who takes no slot of this host's: waits for a pause, and for the pace of other hosts. */
  readonly elsewhere: FairPQueue;
  readonly #deps: WaitingDeps;
  /** Who waits for an ancestor's slot, by its lease, in the order they came. */
  readonly #borrowers = new Map<string, Set<Waiting>>();

  constructor(slots: number, deps: WaitingDeps) {
    this.#deps = deps;
    this.queue = new PQueue({ concurrency: slots, queueClass: FairQueue });
    this.elsewhere = new PQueue({ queueClass: FairQueue });
  }

  add(wish: SlotWish): WaitingSlot {
    const waiting: Waiting = {
      wish,
      giveUp: new AbortController(),
      state: 'waiting',
      leaseId: undefined,
      isInTurn: false,
      cancelTimer: undefined,
    };
    const { parent } = wish;
    if (parent !== undefined) {
      const borrowers = this.#borrowers.get(parent) ?? new Set();
      this.#borrowers.set(parent, borrowers.add(waiting));
      this.lend(parent);
    }
    if (waiting.state === 'waiting') this.#enqueue(waiting);
    if (waiting.state === 'waiting') this.#letInLater(waiting, wish.overCapAfterMs);
    return { cancel: () => this.#giveUp(waiting) };
  }

  /** That slot may have become free to be lent. */
  lend(lender: string): void {
    const [next] = this.#borrowers.get(lender) ?? [];
    if (next && !this.queue.isPaused && this.#deps.canLend(lender)) this.#grant(next, lender);
  }

  /** After a pause. */
  lendAll(): void {
    for (const lender of [...this.#borrowers.keys()]) this.lend(lender);
  }

  /** Takes up a place for what runs already. */
  count(queue: FairPQueue, group: string, ended: Promise<void>): void {
    queue.add(() => ended, { priority: RANKS.counted, group }).catch(this.#deps.fail);
  }

  #enqueue(waiting: Waiting): void {
    const { wish, giveUp } = waiting;
    const { runId: group, ahead, elsewhere } = wish;
    const queue = elsewhere ? this.elsewhere : this.queue;
    const how = { priority: RANKS[wish.priority], group, ahead, signal: giveUp.signal };
    const inLine = wish.line.add(() => queue.add(() => this.#turn(waiting), how), how);
    inLine.catch((error: Error) => {
      if (!giveUp.signal.aborted) this.#deps.fail(error);
    });
  }

  /** From here on its place is kept until the slot is free: p-queue would give it away at an abort. */
  async #turn(waiting: Waiting): Promise<void> {
    waiting.isInTurn = true;
    const { memory, whenFree } = this.#deps;
    if (waiting.state === 'waiting' && memory.minFreeBytes !== null && !waiting.wish.elsewhere) {
      await memory.pass(() => waiting.state === 'waiting');
    }
    if (waiting.state === 'waiting') this.#grant(waiting, undefined);
    // Also of one that was let in over the cap before: it takes up the place it had waited for.
    if (waiting.state === 'granted' && waiting.leaseId !== undefined) await whenFree(waiting.leaseId);
  }

  #grant(waiting: Waiting, lender: string | undefined): void {
    this.#stopWaiting(waiting);
    waiting.state = lender === undefined ? 'granted' : 'lent';
    waiting.leaseId = this.#deps.give(waiting.wish, lender);
    if (waiting.leaseId === undefined) waiting.state = 'over';
    if (waiting.state !== 'granted') this.#leaveQueue(waiting);
  }

  #letInLater(waiting: Waiting, ms: number | undefined): void {
    if (ms === undefined) return;
    waiting.cancelTimer = this.#deps.clock.after(ms, () => {
      if (waiting.state !== 'waiting') return;
      // A pause of the API's is no reason: who talks to it hears of that from the API itself.
      if (this.#deps.isPaused()) this.#letInLater(waiting, PAUSED_LOOK_MS);
      else this.#grant(waiting, undefined);
    });
  }

  #giveUp(waiting: Waiting): void {
    if (waiting.state !== 'waiting') return;
    waiting.state = 'over';
    this.#stopWaiting(waiting);
    this.#leaveQueue(waiting);
  }

  #leaveQueue(waiting: Waiting): void {
    if (!waiting.isInTurn) waiting.giveUp.abort();
  }

  #stopWaiting(waiting: Waiting): void {
    waiting.cancelTimer?.();
    const { parent } = waiting.wish;
    const borrowers = parent === undefined ? undefined : this.#borrowers.get(parent);
    borrowers?.delete(waiting);
    if (parent !== undefined && borrowers?.size === 0) this.#borrowers.delete(parent);
  }
}
