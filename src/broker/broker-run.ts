/** One run in the broker: the deciding core, its journal, its calls, and whose they are. What breaks here is this run's alone. */
import { countRun } from '../pool/resumed-attempt.ts';
import type { OpenCall, PoolRunStatus } from '../wire/pool-message.ts';
import { startedRecord } from '../wire/record.ts';
import { type Client, type Message, Refused } from './client-port.ts';
import { RunCalls } from './run-calls.ts';
import type { RunDeps, RunParts } from './run-parts.ts';
import { callOf, fullRequest, RunRecords } from './run-records.ts';

/** How long calls have to end by themselves once their run is stopped. */
const STOP_MS = 10_000;

export class BrokerRun {
  readonly parts: RunParts;
  /** Resolves when its journal is closed and its lock given back. */
  readonly closed: Promise<void>;
  owner: Client | undefined;
  readonly #deps: RunDeps;
  readonly #calls: RunCalls;
  readonly #members = new Set<Client>();
  readonly #records: RunRecords;
  #isStopped = false;
  #isClosing = false;
  #journalClosed: Promise<void> | undefined;
  #tellClosed = (): void => {};

  constructor(parts: RunParts, deps: RunDeps, owner: Client | undefined) {
    this.parts = parts;
    this.owner = owner;
    this.#deps = deps;
    this.#records = new RunRecords(parts.state, parts.journal);
    this.#calls = new RunCalls({
      ...deps,
      runId: parts.runId,
      concurrency: parts.state.caps.concurrency,
      records: this.#records,
      ended: (call) => parts.settled.add(call),
    });
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get isIdle(): boolean {
    return this.#calls.size === 0 && this.#members.size === 0 && this.owner === undefined;
  }

  get callCount(): number {
    return this.#calls.size;
  }

  join(client: Client): void {
    if (client !== this.owner) this.#members.add(client);
  }

  isOf(client: Client): boolean {
    return client === this.owner || this.#members.has(client);
  }

  async request(client: Client, message: Message<'request'>): Promise<void> {
    const request = fullRequest(message.request);
    const misfits = await this.#records.misfits(request);
    if (this.#isStopped || this.#isClosing)
      throw new Refused('refused', `run ${this.parts.runId} was stopped`);
    this.#records.requireWritable();
    const effects = this.#records.step({ type: 'request', request, misfits, at: this.#deps.clock.now() });
    const { seq } = message;
    for (const effect of effects) {
      if (effect.kind === 'refused') {
        const { cap, message: why } = effect;
        client.send({ type: 'admitted', seq, kind: 'refused', cap, message: why });
      }
      if (effect.kind !== 'replay' && effect.kind !== 'enqueue') continue;
      const { id, key, occurrence } = effect.call;
      const name = { call: id, key, occurrence };
      if (effect.kind === 'replay') {
        client.send({ type: 'admitted', seq, kind: 'replayed', outcome: effect.outcome, ...name });
      } else {
        this.#deps.numbers.numbered(this.parts.dir, id);
        client.send({ type: 'admitted', seq, kind: 'queued', ...name });
        this.#calls.wait(client, effect.call, message);
      }
    }
  }

  cancel(client: Client, call: number): void {
    const entry = this.#calls.get(call);
    // A grant that crosses it on the way is given back by `release`.
    if (entry?.client === client && entry.state === 'waiting') this.#calls.drop(entry);
  }

  runs(client: Client, { call: id, agent }: Message<'runs'>): void {
    const entry = this.#calls.get(id);
    if (entry?.client !== client || entry.leaseId === undefined) return;
    this.#deps.slots.runs(entry.leaseId, agent);
    this.#records.step({ type: 'runs', call: entry.call, pid: agent.pid, at: this.#deps.clock.now() });
  }

  /** The slot is free as soon as the agent is gone; only its client waits for the disk. */
  async settle(client: Client, { seq, call: id, outcome }: Message<'settle'>): Promise<void> {
    const entry = this.#calls.get(id);
    if (entry === undefined && this.parts.settled.has(id)) {
      client.send({ type: 'settled', seq });
      return;
    }
    if (entry?.client !== client) throw new Refused('malformed', `call ${id} is not open`);
    const recorded = entry.state === 'waiting' ? Promise.resolve() : this.#calls.record(entry, outcome);
    this.#calls.drop(entry);
    await recorded;
    client.send({ type: 'settled', seq });
  }

  release(client: Client, call: number): void {
    const entry = this.#calls.get(call);
    if (entry?.client === client) this.#calls.drop(entry);
  }

  append(client: Client, { record }: Message<'append'>): void {
    if (this.#mayWrite(client, record.type)) this.#records.append(record);
  }

  async commit(client: Client, { seq, record }: Message<'commit'>): Promise<void> {
    if (!this.#mayWrite(client, record.type)) {
      throw new Refused('malformed', `a ${record.type} record is not a client's to write`);
    }
    if (!this.parts.told.has(record.type)) await this.#records.commit(record);
    client.send({ type: 'committed', seq });
  }

  /** Outcomes are the broker's to write; what the run itself tells is its owner's. */
  #mayWrite(client: Client, type: string): boolean {
    if (type === 'phase' || type === 'log') return true;
    return (type === 'attempt' || type === 'end') && client === this.owner;
  }

  /** After a broker's death: what a client still has open. */
  reattach(client: Client, calls: readonly OpenCall[]): void {
    const { runId, settled, started, counted, state } = this.parts;
    const known = new Set(calls.flatMap(({ leaseId }) => leaseId ?? []));
    this.#deps.slots.disownRest(runId, client.mark, known);
    for (const open of calls) {
      if (this.#calls.get(open.call)?.client === client) continue;
      if (!counted.has(open.call)) countRun(state, open);
      counted.add(open.call);
      const call = callOf(open);
      const isHeld = open.state === 'held' && open.leaseId !== undefined;
      this.#deps.slots.disown(runId, open.call, isHeld ? open.leaseId : undefined);
      if (!isHeld) {
        settled.delete(open.call);
        this.#calls.wait(client, call, { ...open, overCapAfterMs: undefined });
        continue;
      }
      if (settled.has(open.call) || open.leaseId === undefined) continue;
      const now = this.#deps.clock.now();
      state.startedAt.set(open.call, started.get(open.call) ?? now);
      if (!started.has(open.call)) this.#records.append(startedRecord(call, state.attempt, now));
      const { leaseId, agent } = open;
      const owner = { leaseId, runId, call: open.call, label: call.label, client: client.mark };
      this.#calls.hold(client, call, { ...owner, lender: undefined, agent });
    }
  }

  /** The connection is gone: what it held is ended, what it waited for is dropped. The owner's end is the run's. */
  leave(client: Client): void {
    this.#members.delete(client);
    for (const entry of this.#calls.all) if (entry.client === client) this.#calls.abandon(entry);
    if (client !== this.owner) return;
    this.owner = undefined;
    this.close().catch((error: Error) => {
      // Nobody is left to be told; the journal's end tells whoever resumes.
      if (!(error instanceof Refused)) this.#deps.fail(error);
    });
  }

  /** Its clients end what runs; what does not end in time is ended here. `by`: knows already. */
  stop(by?: Client): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const client of [this.owner, ...this.#members]) {
      if (client !== by) client?.send({ type: 'stop', runId: this.parts.runId, call: 0 });
    }
    for (const { client, call, state } of this.#calls.all) {
      if (state !== 'ending') client.send({ type: 'stop', runId: this.parts.runId, call: call.id });
    }
    for (const { waiting } of this.#calls.all) waiting?.cancel();
    this.#deps.clock.after(STOP_MS, () => this.#end());
  }

  drained(): Promise<void> {
    return this.#calls.drained();
  }

  /** Ends all that it has running, now. */
  #end(): void {
    for (const entry of this.#calls.all) this.#calls.abandon(entry);
  }

  /** Its owner wants no more of it. What others have running in it ends by itself, and then it is closed. */
  async finish(): Promise<void> {
    while (this.parts.joinable && this.#calls.size > 0 && !this.#isClosing) {
      this.owner = undefined;
      await this.#calls.drained();
    }
    await this.close();
  }

  /** Resolves when its calls are over and its journal is written and given free. */
  async close(): Promise<void> {
    if (this.#isClosing) return await this.closed;
    this.#isClosing = true;
    if (this.#calls.size > 0) {
      this.stop();
      await this.#calls.drained();
    }
    try {
      await this.#closeJournal();
    } finally {
      this.#deps.numbers.closed(this.parts.dir);
      this.#tellClosed();
    }
  }

  /** The broker ends: what was said so far is written, its calls go on, and the next broker takes them up. */
  async letGo(): Promise<void> {
    this.#isClosing = true;
    // A journal that is broken is told to whoever asks the next broker.
    await this.#closeJournal().catch(() => {});
    this.#tellClosed();
  }

  #closeJournal(): Promise<void> {
    this.#journalClosed ??= this.#records.close();
    return this.#journalClosed;
  }

  status(): PoolRunStatus {
    const calls = this.#calls.statuses();
    const waiting = calls.filter(({ state }) => state === 'waiting').length;
    const { runId, dir } = this.parts;
    return { runId, dir, running: calls.length - waiting, waiting, calls };
  }
}
