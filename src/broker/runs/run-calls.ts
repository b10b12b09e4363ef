/** The calls of one run that are open: who waits, who holds a slot, whose agent is being ended. What is settled is forgotten. */
import PQueue from 'p-queue';
import type { AgentCall } from '../../core/call.ts';
import { failure, type Outcome } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import { FairQueue } from '../../pool/fair-queue.ts';
import type { PoolCallStatus } from '../../wire/pool/pool-status.ts';
import type { StopReason } from '../../wire/pool/run-order.ts';
import type { SetbackCause } from '../../wire/records/record.ts';
import type { Client } from '../client-port.ts';
import type { HeldSlot } from '../slots/held-slots.ts';
import type { SlotPool } from '../slots/slot-pool.ts';
import type { FairPQueue } from '../slots/waiting-slot.ts';
import { type CallWish, type RunCall, statusOf } from './run-call.ts';
import type { RunRecords } from './run-records.ts';
import { type Rest, RunRests } from './run-rests.ts';

export interface RunCallsDeps {
  readonly runId: string;
  /** Calls of the run at once. */
  readonly concurrency: number;
  /** Their agents run on other hosts. */
  readonly elsewhere: boolean;
  readonly records: RunRecords;
  readonly slots: SlotPool;
  readonly clock: Clock;
  /** The broker itself recorded its end. */
  readonly ended: (call: number) => void;
}

export class RunCalls {
  readonly #deps: RunCallsDeps;
  /** For the run's own cap. */
  readonly #line: FairPQueue;
  readonly #calls = new Map<number, RunCall>();
  readonly #rests = new RunRests();
  #isHeld = false;

  constructor(deps: RunCallsDeps) {
    this.#deps = deps;
    this.#line = new PQueue({ concurrency: deps.concurrency, queueClass: FairQueue });
  }

  get size(): number {
    return this.#calls.size;
  }

  get all(): RunCall[] {
    return [...this.#calls.values()];
  }

  get(call: number): RunCall | undefined {
    return this.#calls.get(call);
  }

  wait(client: Client, call: AgentCall, wish: CallWish): void {
    const since = this.#deps.clock.now();
    const nothing = { leaseId: undefined, waiting: undefined, stop: undefined };
    const entry: RunCall = { call, client, wish, state: 'waiting', since, ...nothing };
    this.#add(entry);
    if (!this.#isHeld) this.#lineUp(entry);
  }

  /** Its agent is over, and it is not. `why`: `undefined` where that is on record. */
  putBack(
    entry: RunCall,
    why: { readonly cause: SetbackCause; readonly outcome: Outcome } | undefined,
  ): void {
    const { slots, records, clock } = this.#deps;
    if (entry.leaseId !== undefined) slots.end(entry.leaseId, 'over');
    entry.state = 'waiting';
    entry.since = clock.now();
    entry.leaseId = undefined;
    entry.waiting = undefined;
    entry.stop = undefined;
    if (why !== undefined) records.step({ type: 'set_back', call: entry.call, ...why, at: entry.since });
    if (!this.#isHeld) this.#lineUp(entry, true);
    this.#tellRest();
  }

  /** Nothing more is given a slot. A paused queue would keep who is at its head in the pool's one, before others. */
  hold(): void {
    this.#isHeld = true;
    for (const entry of this.#calls.values()) {
      if (entry.state !== 'waiting') continue;
      entry.waiting?.cancel();
      entry.waiting = undefined;
    }
  }

  release(): void {
    this.#isHeld = false;
    const waiting = this.all.filter(({ state }) => state === 'waiting');
    for (const entry of waiting.sort((a, b) => a.call.id - b.call.id)) {
      if (entry.waiting === undefined) this.#lineUp(entry);
    }
  }

  /** What runs is to end; who was told so before is not told twice. */
  endHeld(why: StopReason): void {
    const { runId } = this.#deps;
    for (const entry of this.#calls.values()) {
      if (entry.state !== 'held' || entry.stop !== undefined) continue;
      entry.stop = why;
      entry.client.send({ type: 'stop', runId, call: entry.call.id, why });
    }
  }

  /** Resolves when none of its calls holds a slot; `stalled`: and some of them wait. */
  comesTo(rest: Rest): Promise<void> {
    const comes = this.#rests.until(rest);
    this.#tellRest();
    return comes;
  }

  #tellRest(): void {
    this.#rests.look(this.size, () => this.all.every(({ state }) => state === 'waiting'));
  }

  #lineUp(entry: RunCall, ahead = false): void {
    const { call, client, wish } = entry;
    const { runId, clock, slots, elsewhere } = this.#deps;
    const { priority, parent, overCapAfterMs } = wish;
    entry.waiting = slots.request({
      runId,
      call: call.id,
      label: call.label,
      client: client.mark,
      priority,
      parent,
      overCapAfterMs,
      elsewhere,
      ahead,
      line: this.#line,
      mayStart: () => this.#mayStart(entry),
      granted: (leaseId) => {
        entry.state = 'held';
        entry.leaseId = leaseId;
        entry.since = clock.now();
        const budgetUsd = this.#deps.records.agentBudgetUsd;
        client.send({ type: 'granted', runId, call: call.id, leaseId, budgetUsd });
      },
    });
  }

  /** After a broker's death: it has its slot already. */
  takeUp(
    client: Client,
    call: AgentCall,
    wish: CallWish,
    slot: HeldSlot,
    stop: StopReason | undefined,
  ): void {
    const { leaseId } = slot;
    const since = this.#deps.clock.now();
    this.#add({ call, client, wish, state: 'held', since, leaseId, waiting: undefined, stop });
    this.#deps.slots.claim(slot, this.#line);
  }

  /** No longer wanted, or over. */
  drop({ call, leaseId, waiting }: RunCall): void {
    waiting?.cancel();
    if (leaseId !== undefined) this.#deps.slots.end(leaseId, 'over');
    this.#forget(call.id);
  }

  /** It waits, and is not to be asked any more. */
  passOver(entry: RunCall, outcome: Outcome): void {
    const { records, clock } = this.#deps;
    const effects = records.step({ type: 'passed_over', call: entry.call, outcome, at: clock.now() });
    // A journal that is broken is told to the run's owner, and to whoever still asks something of the run.
    records.commitAll(effects).catch(() => {});
    this.drop(entry);
  }

  /** Its client is gone: what waits is dropped without a trace, what runs is ended, and recorded once it has. */
  abandon(
    entry: RunCall,
    outcome: Outcome = failure('stopped', 'the process that ran it went away, so its agent was ended', {
      unmetered: true,
    }),
  ): void {
    const { slots, ended, elsewhere } = this.#deps;
    // An agent on another host outlives its client, and may be gone on with: the call has no end yet.
    if (entry.state === 'waiting' || elsewhere) {
      this.drop(entry);
      return;
    }
    if (entry.state !== 'held' || entry.leaseId === undefined) return;
    entry.state = 'ending';
    const free = slots.whenFree(entry.leaseId);
    slots.end(entry.leaseId, 'gone');
    void free.then(() => {
      // A journal that is broken is told to whoever still asks something of the run.
      this.record(entry, outcome).catch(() => {});
      ended(entry.call.id);
      this.#forget(entry.call.id);
    });
  }

  /** Its client was told to, and does not. The call is still its own. */
  endAgent({ leaseId }: RunCall): void {
    if (leaseId !== undefined) this.#deps.slots.end(leaseId, 'gone');
  }

  /** It is over, and no cap that this very outcome fills up stops it. */
  async record(entry: RunCall, outcome: Outcome): Promise<void> {
    const { records, clock } = this.#deps;
    const { call } = entry;
    entry.state = 'ending';
    await records.commitAll(records.step({ type: 'settled', call, outcome, at: clock.now() }));
  }

  /** Resolves when no call is open. */
  drained(): Promise<void> {
    return this.comesTo('over');
  }

  statuses(): PoolCallStatus[] {
    const { slots, elsewhere } = this.#deps;
    return this.all.map((entry) => {
      const { leaseId } = entry;
      const pid = leaseId === undefined ? undefined : slots.agentOf(leaseId)?.pid;
      return statusOf(entry, pid, elsewhere);
    });
  }

  #mayStart({ call, client }: RunCall): boolean {
    const { records, clock, runId } = this.#deps;
    const effects = records.step({ type: 'turn', call, at: clock.now() });
    const refusal = effects.find((effect) => effect.kind === 'refused');
    if (!refusal) return true;
    const { cap, message, raise } = refusal;
    client.send({ type: 'refused_place', runId, call: call.id, cap, message, raise });
    this.#forget(call.id);
    return false;
  }

  #add(entry: RunCall): void {
    const { id } = entry.call;
    if (this.#calls.has(id)) throw new Error(`call ${id} of run ${this.#deps.runId} is open already`);
    this.#calls.set(id, entry);
    if (entry.state === 'waiting') this.#tellRest();
  }

  #forget(call: number): void {
    this.#calls.delete(call);
    this.#tellRest();
  }
}
