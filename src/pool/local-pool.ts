/** The pool inside one process: the deciding core, p-queue for who waits, a journal for what must last. */
import PQueue from 'p-queue';
import type { AgentCall, CallRequest } from '../core/call.ts';
import type { Outcome } from '../core/outcome.ts';
import {
  type Admission,
  CallCapped,
  type Clock,
  type Lease,
  type Refusal,
  type SlotSource,
} from '../core/ports.ts';
import type { JournalRecord } from '../wire/records/record.ts';
import { type Misfits, misfitsAmong, NO_MISFITS } from './rescued-calls.ts';
import { type PoolEffect, type PoolMessage, rescuedFor, step } from './run-core.ts';
import type { RunState } from './run-state.ts';

/** Where records go. Contract: `commit` resolves only when the record is durable, and rejects when it cannot be. */
export interface RecordSink {
  append(record: JournalRecord): void;
  commit(record: JournalRecord): Promise<void>;
}

type Placement = Refusal | { readonly kind: 'leased'; readonly lease: Lease };

export class LocalPool implements SlotSource {
  readonly #state: RunState;
  readonly #records: RecordSink;
  readonly #clock: Clock;
  readonly #queue: PQueue;
  readonly #over = new AbortController();
  #listener: (notice: string) => void = () => {};
  #judged: Promise<unknown> = Promise.resolve();

  constructor(state: RunState, records: RecordSink, clock: Clock) {
    this.#state = state;
    this.#records = records;
    this.#clock = clock;
    this.#queue = new PQueue({ concurrency: state.caps.concurrency });
  }

  /** From here on `listener` hears what wants a person's attention. */
  listen(listener: (notice: string) => void): void {
    this.#listener = listener;
  }

  /** For who listens, and for the journal. */
  notice(text: string): void {
    this.#records.append({ type: 'log', text, at: this.#clock.now() });
    this.#listener(text);
  }

  async request(request: CallRequest): Promise<Admission> {
    const misfits = this.#state.recorded.rescued.size === 0 ? NO_MISFITS : await this.#misfits(request);
    const effects = this.#step({ type: 'request', request, misfits, at: this.#clock.now() });
    const refusal = refusalAmong(effects);
    if (refusal) return refusal;
    const [answer] = effects;
    if (answer?.kind === 'replay') return { kind: 'replayed', call: answer.call, outcome: answer.outcome };
    if (answer?.kind !== 'enqueue') throw new Error('a request was neither queued, replayed nor refused');
    const { call } = answer;
    return { kind: 'queued', call, place: (signal) => this.#place(call, signal) };
  }

  /** One request after the other, however long a value takes to be judged: calls are numbered as they were made. */
  #misfits(request: CallRequest): Promise<Misfits> {
    const mine = this.#judged.then(() => misfitsAmong(rescuedFor(this.#state, request), request));
    this.#judged = mine.catch(() => undefined);
    return mine;
  }

  /** The signal goes to p-queue only while the call waits: p-queue frees a *running* task's place when its signal aborts. */
  #place(call: AgentCall, signal: AbortSignal): Promise<Placement> {
    return new Promise((resolve, reject) => {
      const waiting = new AbortController();
      const giveUp = () => waiting.abort(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
      const turn = async (): Promise<void> => {
        signal.removeEventListener('abort', giveUp);
        const effects = this.#step({ type: 'turn', call, at: this.#clock.now() });
        const refusal = refusalAmong(effects);
        if (refusal) return resolve(refusal);
        await new Promise<void>((free) => resolve({ kind: 'leased', lease: this.#lease(call, free) }));
      };
      this.#queue.add(turn, { signal: waiting.signal }).catch(reject);
    });
  }

  #lease(call: AgentCall, free: () => void): Lease {
    let settled = false;
    return {
      ticket: undefined,
      stop: this.#over.signal,
      runs: (pid) => {
        this.#step({ type: 'runs', call, pid, at: this.#clock.now() });
      },
      settle: async (outcome: Outcome) => {
        if (settled) throw new Error(`call ${call.id} was settled twice`);
        settled = true;
        const effects = this.#step({ type: 'settled', call, outcome, at: this.#clock.now() });
        // The place is free as soon as the agent is gone; only the script waits for the disk.
        free();
        await Promise.all(effects.map((effect) => this.#commit(effect)));
        return 'settled';
      },
      // Samples press nobody.
      pressed: () => {},
      [Symbol.asyncDispose]: async () => free(),
    };
  }

  #step(message: PoolMessage): PoolEffect[] {
    const effects = step(this.#state, message);
    for (const effect of effects) {
      if (effect.kind === 'append') this.#records.append(effect.record);
      if (effect.kind === 'notice') this.#listener(effect.text);
      if (effect.kind === 'over') this.#over.abort(new CallCapped(effect.refusal));
    }
    return effects;
  }

  async #commit(effect: PoolEffect): Promise<void> {
    if (effect.kind === 'commit') await this.#records.commit(effect.record);
  }
}

function refusalAmong(effects: readonly PoolEffect[]): Refusal | undefined {
  return effects.find((effect) => effect.kind === 'refused');
}
