/** Gives slots out and takes them back: the queue for who waits, the ledger for who holds, the watch for what agents do. */
import type { Clock } from '../../core/ports.ts';
import { newPace, openPace } from '../../pool/pacing/pacer.ts';
import { type Control, SlotLedger } from '../../pool/slot-ledger.ts';
import type { ProcessMark } from '../../wire/pool/pool-message.ts';
import { ApiPace, type PaceListener } from './api-pace.ts';
import type { Processes } from './end-agents.ts';
import type { HeldSlot, HeldSlots } from './held-slots.ts';
import { MemoryGate } from './memory-gate.ts';
import type { QuotaNote } from './quota-note.ts';
import { SlotWatch } from './slot-watch.ts';
import { type FairPQueue, type SlotWish, type WaitingSlot, WaitingSlots } from './waiting-slot.ts';

export interface SlotPoolDeps {
  readonly clock: Clock;
  readonly held: HeldSlots;
  readonly processes: Processes;
  readonly availableBytes: () => number;
  readonly newLeaseId: () => string;
  readonly note: QuotaNote;
  /** Of what runs here, and of what runs on other hosts. */
  readonly listeners: { readonly here: PaceListener; readonly elsewhere: PaceListener };
  /** Ends the connections that were handed to that agent. */
  readonly cut: (leaseId: string) => void;
  /** Called whenever a slot is free again. */
  readonly freed: () => void;
  readonly fail: (error: Error) => void;
}

/** What is known of other hosts' account is learnt anew by the broker that follows. */
const NO_NOTE = { read: () => undefined, write: () => {} };

interface Ending {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

export class SlotPool {
  readonly memory: MemoryGate;
  readonly pace: ApiPace;
  /** Of calls whose agents run on other hosts, with whatever account those have. */
  readonly #paceElsewhere: ApiPace;
  readonly #deps: SlotPoolDeps;
  readonly #ledger = new SlotLedger();
  readonly #watch: SlotWatch;
  readonly #waiting: WaitingSlots;
  readonly #endings = new Map<string, Ending>();
  #isPaused = false;

  constructor(slots: number, deps: SlotPoolDeps) {
    this.#deps = deps;
    this.memory = new MemoryGate({ ...deps, isAnyRunning: () => this.#ledger.size > 0 });
    this.#waiting = new WaitingSlots(slots, {
      ...deps,
      isPaused: () => this.#isPaused,
      memory: this.memory,
      give: (wish, lender) => this.#give(wish, lender),
      canLend: (lender) => this.#ledger.canLend(lender),
      whenFree: (leaseId) => this.whenFree(leaseId),
    });
    const isPaused = (): boolean => this.#isPaused;
    this.pace = new ApiPace(newPace(slots), {
      ...deps,
      listener: deps.listeners.here,
      queue: this.#waiting.queue,
      taken: () => this.#ledger.taken,
      isPaused,
      goesOn: () => this.#waiting.lendAll(),
    });
    this.#paceElsewhere = new ApiPace(openPace(Number.POSITIVE_INFINITY), {
      ...deps,
      listener: deps.listeners.elsewhere,
      note: NO_NOTE,
      queue: this.#waiting.elsewhere,
      taken: () => this.#ledger.elsewhere,
      isPaused,
      goesOn: () => {},
    });
    this.#watch = new SlotWatch({
      ...deps,
      ledger: this.#ledger,
      found: (leaseId, agent) => this.runs(leaseId, agent),
      seen: (leaseId) => this.#check(leaseId),
    });
  }

  get taken(): number {
    return this.#ledger.taken;
  }

  get lent(): number {
    return this.#ledger.lent;
  }

  get isEmpty(): boolean {
    return this.#ledger.size === 0;
  }

  get slots(): number {
    return this.pace.cap;
  }

  set slots(count: number) {
    this.pace.cap = count;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  set isPaused(paused: boolean) {
    this.#isPaused = paused;
    this.pace.apply();
    this.#paceElsewhere.apply();
  }

  /** What the agents of a run are paced by. */
  paceOf(elsewhere: boolean | undefined): ApiPace {
    return elsewhere === true ? this.#paceElsewhere : this.pace;
  }

  agentOf(leaseId: string): ProcessMark | undefined {
    return this.#ledger.get(leaseId)?.agent;
  }

  request(wish: SlotWish): WaitingSlot {
    const isKnown =
      wish.parent !== undefined && !wish.elsewhere && this.#ledger.get(wish.parent) !== undefined;
    return this.#waiting.add(isKnown ? wish : { ...wish, parent: undefined });
  }

  /** Counts what an earlier broker gave out. */
  adopt({ agent, ...owner }: HeldSlot, control: 'held' | 'unclaimed', line?: FairPQueue): void {
    const { leaseId, runId } = owner;
    const lender = this.#ledger.isLendable(owner.lender) ? owner.lender : undefined;
    this.#deps.held.granted({ ...owner, lender, agent });
    this.#ledger.add({ ...owner, lender }, control, agent);
    const ended = this.#begin(leaseId);
    const { queue, elsewhere } = this.#waiting;
    if (lender === undefined) this.#waiting.count(owner.elsewhere ? elsewhere : queue, runId, ended);
    if (line !== undefined) this.#waiting.count(line, runId, ended);
    this.#watch.watch(leaseId);
  }

  /** After a broker's death its client is back: the slot is that client's, whether or not the disk told of it. */
  claim(slot: HeldSlot, line: FairPQueue): void {
    const { leaseId } = slot;
    const known = this.#ledger.get(leaseId);
    if (known === undefined) {
      this.adopt(slot, 'held', line);
      return;
    }
    this.#ledger.claim(leaseId, slot.client);
    if (slot.agent !== undefined) this.runs(leaseId, slot.agent);
    if (known.lender === undefined) this.#waiting.count(line, slot.runId, this.whenFree(leaseId));
  }

  /** Slots of that call that its client does not know of: grants that it never heard. */
  disown(runId: string, call: number, known: string | undefined): void {
    for (const slot of [...this.#ledger.slots]) {
      if (slot.runId === runId && slot.call === call && slot.leaseId !== known)
        this.end(slot.leaseId, 'gone');
    }
  }

  /** That client is back, and told of all it holds: what else was granted to it, its last broker died before saying. */
  disownRest(runId: string, client: ProcessMark, known: ReadonlySet<string>): void {
    for (const slot of [...this.#ledger.slots]) {
      const isTheirs = slot.client.pid === client.pid && slot.client.startTicks === client.startTicks;
      if (slot.control !== 'unclaimed' || slot.runId !== runId || !isTheirs) continue;
      if (!known.has(slot.leaseId)) this.end(slot.leaseId, 'gone');
    }
  }

  runs(leaseId: string, agent: ProcessMark): void {
    this.#ledger.runs(leaseId, agent);
    this.#deps.held.runs(leaseId, agent);
  }

  end(leaseId: string, how: Extract<Control, 'over' | 'gone'>): void {
    this.#ledger.end(leaseId, how);
    this.#check(leaseId);
  }

  /** `false`: there is no such slot, or nobody wants it any more. */
  attach(leaseId: string): boolean {
    const control = this.#ledger.get(leaseId)?.control;
    if (control !== 'held' && control !== 'unclaimed') return false;
    this.#ledger.attached(leaseId);
    return true;
  }

  detach(leaseId: string): void {
    this.#ledger.detached(leaseId);
    this.#check(leaseId);
  }

  async whenFree(leaseId: string): Promise<void> {
    await this.#endings.get(leaseId)?.promise;
  }

  stop(): void {
    this.pace.stop();
    this.#paceElsewhere.stop();
    this.#watch.stop();
  }

  /** On the disk before anybody hears of it: a crash in between leaves a slot that is counted, not one that is lent twice. */
  #give(wish: SlotWish, lender: string | undefined): string | undefined {
    if (!wish.mayStart()) return undefined;
    const leaseId = this.#deps.newLeaseId();
    const { runId, call, label, client, elsewhere } = wish;
    const owner = { leaseId, runId, call, label, client, lender, elsewhere };
    this.#deps.held.granted({ ...owner, agent: undefined });
    this.#ledger.add(owner, 'held');
    void this.#begin(leaseId);
    this.paceOf(elsewhere).granted(leaseId, lender !== undefined);
    wish.granted(leaseId);
    return leaseId;
  }

  #begin(leaseId: string): Promise<void> {
    let resolve = (): void => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.#endings.set(leaseId, { promise, resolve });
    return promise;
  }

  #check(leaseId: string): void {
    if (!this.#ledger.isFree(leaseId)) {
      this.#watch.watch(leaseId);
      return;
    }
    const elsewhere = this.#ledger.get(leaseId)?.elsewhere;
    const lender = this.#ledger.remove(leaseId);
    this.#deps.held.free(leaseId);
    this.paceOf(elsewhere).freed(leaseId);
    const ending = this.#endings.get(leaseId);
    this.#endings.delete(leaseId);
    ending?.resolve();
    if (lender !== undefined) {
      this.#waiting.lend(lender);
      this.#check(lender);
    }
    this.#deps.freed();
  }
}
