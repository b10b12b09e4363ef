/**
 * Who holds which slot, and when it is free again: decided from what witnesses say (the connection that owns the call,
 * the connection that the agent inherited, the agent's process, the nested call it was lent to), never from one alone.
 */
import type { ProcessMark } from '../wire/pool/pool-message.ts';

export interface SlotOwner {
  readonly leaseId: string;
  readonly runId: string;
  readonly call: number;
  readonly label: string;
  /** The process that asked for it. */
  readonly client: ProcessMark;
  /** Lease of the ancestor that lends its slot; `undefined`: a slot of its own. */
  readonly lender: string | undefined;
  /** Its agent runs on another host, in a slot of that one's. */
  readonly elsewhere?: boolean | undefined;
}

export type Control =
  /** Its call runs, and the connection that owns it is there. */
  | 'held'
  /** Taken over from a broker that died: nobody has claimed it yet. */
  | 'unclaimed'
  /** Settled or given back: nobody wants it any more. */
  | 'over'
  /** The connection that owned it went away, or somebody forced it: its agent is being ended. */
  | 'gone';

export interface Slot extends SlotOwner {
  readonly control: Control;
  readonly agent: ProcessMark | undefined;
  /** Its agent was seen not to run any more, or, while none is known, none was found. */
  readonly agentIsGone: boolean;
  /** Connections that the agent inherited and has open. */
  readonly leases: number;
  readonly wasAttached: boolean;
  /** Lease of the nested call it is lent to. */
  readonly borrower: string | undefined;
}

export class SlotLedger {
  readonly #slots = new Map<string, Slot>();
  #lent = 0;
  #elsewhere = 0;

  /** Slots of their own that are taken; those that run in a lent one, or elsewhere, are not among them. */
  get taken(): number {
    return this.#slots.size - this.#lent - this.#elsewhere;
  }

  /** Of calls whose agents run on other hosts. */
  get elsewhere(): number {
    return this.#elsewhere;
  }

  get lent(): number {
    return this.#lent;
  }

  get size(): number {
    return this.#slots.size;
  }

  get slots(): Iterable<Slot> {
    return this.#slots.values();
  }

  get(leaseId: string): Slot | undefined {
    return this.#slots.get(leaseId);
  }

  /** Throws where it would lend a slot twice. */
  add(owner: SlotOwner, control: 'held' | 'unclaimed', agent?: ProcessMark): void {
    const { leaseId, lender, elsewhere = false } = owner;
    if (this.#slots.has(leaseId)) throw new Error(`the lease ${leaseId} was given out twice`);
    if (elsewhere) this.#elsewhere += 1;
    if (lender !== undefined) {
      if (!this.isLendable(lender)) throw new Error(`the slot of ${lender} cannot be lent`);
      this.#change(lender, { borrower: leaseId });
      this.#lent += 1;
    }
    const nothingYet = { agentIsGone: false, leases: 0, wasAttached: false, borrower: undefined };
    this.#slots.set(leaseId, { ...owner, control, agent, ...nothingYet });
  }

  /** Whether it is there, and lent to nobody. */
  isLendable(leaseId: string | undefined): leaseId is string {
    const slot = leaseId === undefined ? undefined : this.#slots.get(leaseId);
    return slot !== undefined && slot.borrower === undefined;
  }

  /** Whether a call made below that agent may run in its slot now. */
  canLend(leaseId: string): boolean {
    const slot = this.#slots.get(leaseId);
    return slot?.control === 'held' && slot.borrower === undefined;
  }

  /** After a broker's death: the connection that owns the call is back. */
  claim(leaseId: string, client: ProcessMark): void {
    this.#change(leaseId, { control: 'held', client, agentIsGone: false });
  }

  /** The first reason wins: who settled is not ended, and who is being ended does not settle. */
  end(leaseId: string, how: 'over' | 'gone'): void {
    const control = this.#slots.get(leaseId)?.control;
    if (control === 'held' || control === 'unclaimed') this.#change(leaseId, { control: how });
  }

  runs(leaseId: string, agent: ProcessMark): void {
    this.#change(leaseId, { agent, agentIsGone: false });
  }

  agentIsGone(leaseId: string): void {
    this.#change(leaseId, { agentIsGone: true });
  }

  attached(leaseId: string): void {
    const leases = (this.#slots.get(leaseId)?.leases ?? 0) + 1;
    this.#change(leaseId, { leases, wasAttached: true });
  }

  detached(leaseId: string): void {
    const leases = (this.#slots.get(leaseId)?.leases ?? 1) - 1;
    this.#change(leaseId, { leases });
  }

  /** The agent's process is the witness that is missing: somebody should look at it, or for it. */
  needsLook(leaseId: string): boolean {
    const slot = this.#slots.get(leaseId);
    if (slot === undefined || slot.control === 'held' || slot.agentIsGone) return false;
    return slot.control !== 'over' || slot.agent !== undefined;
  }

  /** Its agent is gone, yet somebody keeps the connection that it inherited: a daemon that it left behind. */
  isKept(leaseId: string): boolean {
    const slot = this.#slots.get(leaseId);
    if (slot === undefined || slot.control === 'held') return false;
    return slot.leases > 0 && slot.agentIsGone && slot.agent !== undefined;
  }

  isFree(leaseId: string): boolean {
    const slot = this.#slots.get(leaseId);
    if (slot === undefined || slot.control === 'held' || slot.borrower !== undefined) return false;
    if (slot.leases > 0) return false;
    // Settled without an agent: it never started one, or the spawner saw its end.
    return slot.agentIsGone || (slot.control === 'over' && slot.agent === undefined);
  }

  /** Gives the slot of a lender back to it; its lease, to be looked at again. */
  remove(leaseId: string): string | undefined {
    const slot = this.#slots.get(leaseId);
    if (slot === undefined) return undefined;
    this.#slots.delete(leaseId);
    if (slot.elsewhere) this.#elsewhere -= 1;
    if (slot.lender === undefined) return undefined;
    this.#lent -= 1;
    this.#change(slot.lender, { borrower: undefined });
    return slot.lender;
  }

  #change(leaseId: string, change: Partial<Slot>): void {
    const slot = this.#slots.get(leaseId);
    if (slot) this.#slots.set(leaseId, { ...slot, ...change });
  }
}
