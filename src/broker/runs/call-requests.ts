/** What clients ask of the calls of one run: a place, its end, its place given back; and what they still hold after a broker's death. */
import type { Outcome } from '../../core/outcome.ts';
import { countRun } from '../../pool/resumed-attempt.ts';
import type { OpenCall } from '../../wire/pool/pool-message.ts';
import { type SetbackCause, startedRecord } from '../../wire/records/record.ts';
import { type Client, type Message, Refused } from '../client-port.ts';
import type { RunCall } from './run-call.ts';
import type { RunCalls } from './run-calls.ts';
import type { RunHold } from './run-hold.ts';
import type { RunDeps, RunParts } from './run-parts.ts';
import type { RunPressure } from './run-pressure.ts';
import { callOf, fullRequest, type RunRecords } from './run-records.ts';

export interface CallRequestsDeps extends RunDeps {
  readonly parts: RunParts;
  readonly records: RunRecords;
  readonly calls: RunCalls;
  readonly pressure: RunPressure;
  readonly hold: RunHold;
  /** Its run was stopped, or is being closed: nothing more begins. */
  readonly isOver: () => boolean;
}

export class CallRequests {
  readonly #deps: CallRequestsDeps;

  constructor(deps: CallRequestsDeps) {
    this.#deps = deps;
  }

  async request(client: Client, message: Message<'request'>): Promise<void> {
    const request = fullRequest(message.request);
    const misfits = await this.#deps.records.misfits(request);
    if (this.#deps.isOver()) throw new Refused('refused', `run ${this.#deps.parts.runId} was stopped`);
    this.#deps.records.requireWritable();
    const effects = this.#deps.records.step({
      type: 'request',
      request,
      misfits,
      at: this.#deps.clock.now(),
    });
    const { seq } = message;
    for (const effect of effects) {
      if (effect.kind === 'refused') {
        const { cap, message: why, raise } = effect;
        client.send({ type: 'admitted', seq, kind: 'refused', cap, message: why, raise });
      }
      if (effect.kind !== 'replay' && effect.kind !== 'enqueue') continue;
      const { id, key, occurrence } = effect.call;
      const name = { call: id, key, occurrence };
      if (effect.kind === 'replay') {
        client.send({ type: 'admitted', seq, kind: 'replayed', outcome: effect.outcome, ...name });
      } else {
        this.#deps.numbers.numbered(this.#deps.parts.dir, id);
        client.send({ type: 'admitted', seq, kind: 'queued', ...name });
        this.#deps.calls.wait(client, effect.call, message);
        this.#deps.hold.refuseNested();
      }
    }
  }

  cancel(client: Client, call: number): void {
    const entry = this.#deps.calls.get(call);
    // A grant that crosses it on the way is given back by `release`.
    if (entry?.client === client && entry.state === 'waiting') this.#deps.calls.drop(entry);
  }

  runs(client: Client, { call: id, agent }: Message<'runs'>): void {
    const entry = this.#deps.calls.get(id);
    if (entry?.client !== client || entry.leaseId === undefined) return;
    this.#deps.slots.runs(entry.leaseId, agent);
    this.#deps.records.step({ type: 'runs', call: entry.call, pid: agent.pid, at: this.#deps.clock.now() });
  }

  /** The slot is free as soon as the agent is gone; only its client waits for the disk. */
  async settle(client: Client, { seq, call: id, outcome }: Message<'settle'>): Promise<void> {
    const entry = this.#deps.calls.get(id);
    if (entry === undefined && this.#deps.parts.settled.has(id)) {
      client.send({ type: 'settled', seq });
      return;
    }
    if (entry?.client !== client) throw new Refused('malformed', `call ${id} is not open`);
    const cause = entry.state === 'held' ? this.#setback(entry, outcome) : undefined;
    const ended = this.#deps.isOver() ? asStopped(outcome) : outcome;
    if (cause !== undefined) {
      client.send({ type: 'again', seq });
      const isTold = this.#deps.parts.setBack.delete(id);
      this.#deps.calls.putBack(entry, isTold ? undefined : { cause, outcome });
      this.#deps.hold.refuseNested();
      return;
    }
    const recorded = entry.state === 'waiting' ? Promise.resolve() : this.#deps.calls.record(entry, ended);
    this.#deps.calls.drop(entry);
    await recorded;
    client.send({ type: 'settled', seq });
  }

  /** Why this is no end of the call, if it is none. */
  #setback(entry: RunCall, outcome: Outcome): SetbackCause | undefined {
    // Of every call: a recipe has heard of it already, the pool has not.
    const cause = this.#deps.pressure.settled(entry, outcome);
    if (!entry.wish.repeatable || this.#deps.isOver() || outcome.kind === 'reply') return undefined;
    if (entry.stop?.kind === 'retry') return 'retry';
    const earlier = this.#deps.parts.state.setbacks.get(entry.call.id) ?? [];
    // Once: what hangs twice would hang for ever.
    if (outcome.reason === 'idle') return earlier.includes('idle') ? undefined : 'idle';
    return cause;
  }

  /** What its agent heard of the model API. */
  pressed(client: Client, { call, pressure }: Message<'pressure'>): void {
    const entry = this.#deps.calls.get(call);
    if (entry?.client === client && entry.state === 'held') this.#deps.pressure.heard(entry, pressure);
  }

  release(client: Client, call: number): void {
    const entry = this.#deps.calls.get(call);
    if (entry?.client === client) this.#deps.calls.drop(entry);
  }

  /** After a broker's death: what a client still has open. */
  reattach(client: Client, calls: readonly OpenCall[]): void {
    const { runId, settled, setBack, started, counted, state, elsewhere } = this.#deps.parts;
    const known = new Set(calls.flatMap(({ leaseId }) => leaseId ?? []));
    this.#deps.slots.disownRest(runId, client.mark, known);
    for (const open of calls) {
      if (this.#deps.calls.get(open.call)?.client === client) continue;
      if (!counted.has(open.call)) countRun(state, open);
      counted.add(open.call);
      const call = callOf(open);
      const wish = { ...open, overCapAfterMs: undefined };
      const isHeld = open.state === 'held' && open.leaseId !== undefined;
      this.#deps.slots.disown(runId, open.call, isHeld ? open.leaseId : undefined);
      if (!isHeld) {
        settled.delete(open.call);
        // Its client has heard of it.
        setBack.delete(open.call);
        this.#deps.calls.wait(client, call, wish);
        continue;
      }
      if (settled.has(open.call) || open.leaseId === undefined) continue;
      const now = this.#deps.clock.now();
      state.startedAt.set(open.call, started.get(open.call) ?? now);
      if (!started.has(open.call)) this.#deps.records.append(startedRecord(call, state.attempt, now));
      const { leaseId, agent, stop } = open;
      const owner = { leaseId, runId, call: open.call, label: call.label, client: client.mark, elsewhere };
      this.#deps.calls.takeUp(client, call, wish, { ...owner, lender: undefined, agent }, stop);
    }
  }
}

/** Of a run that was stopped: who was killed before its client had heard of that was stopped all the same. */
function asStopped(outcome: Outcome): Outcome {
  return outcome.kind === 'failure' && outcome.reason === 'killed'
    ? { ...outcome, reason: 'stopped' }
    : outcome;
}
