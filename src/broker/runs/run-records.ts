/** What a run decides and what it writes, in one place: the deciding core, and the journal its effects go to. */
import type { CallRequest } from '../../core/call.ts';
import type { Refusal } from '../../core/ports.ts';
import { JournalBroken } from '../../journal/journal-writer.ts';
import type { OwnJournal } from '../../journal/own-journal.ts';
import { type Misfits, misfitsAmong, NO_MISFITS } from '../../pool/rescued-calls.ts';
import { agentBudget } from '../../pool/run-caps.ts';
import { type PoolEffect, type PoolMessage, rescuedFor, step } from '../../pool/run-core.ts';
import type { RunState } from '../../pool/run-state.ts';
import type { OpenCall, WireRequest } from '../../wire/pool/pool-message.ts';
import type { JournalRecord } from '../../wire/records/record.ts';
import { Refused } from '../client-port.ts';

/** What was read from it is not kept. */
export type RunJournal = Omit<OwnJournal, 'records' | 'notice'>;

/** What the deciding core says, beside what it has recorded. */
export interface CapHearer {
  notice(text: string): void;
  over(refusal: Refusal): void;
}

export class RunRecords {
  readonly #state: RunState;
  readonly #journal: RunJournal;
  readonly #hearer: CapHearer;
  #judged: Promise<unknown> = Promise.resolve();

  constructor(state: RunState, journal: RunJournal, hearer: CapHearer) {
    this.#state = state;
    this.#journal = journal;
    this.#hearer = hearer;
  }

  /** Throws `Refused` when what a call would come to could not be recorded: it would be paid for, and lost. */
  requireWritable(): void {
    const { fault } = this.#journal.writer;
    if (fault === undefined) return;
    throw new Refused(
      'journal',
      `${fault.message}; no further call of this run is made: make room, then go on with it`,
    );
  }

  /** What is to be committed is left to the caller, who has somebody to tell. */
  step(message: PoolMessage): PoolEffect[] {
    const effects = step(this.#state, message);
    for (const effect of effects) {
      if (effect.kind === 'append') this.append(effect.record);
      if (effect.kind === 'notice') this.#hearer.notice(effect.text);
      if (effect.kind === 'over') this.#hearer.over(effect.refusal);
    }
    return effects;
  }

  get agentBudgetUsd(): number | undefined {
    return agentBudget(this.#state);
  }

  append(record: JournalRecord): void {
    this.#journal.writer.append(record);
  }

  /** Rejects with `Refused` when the journal cannot be written. */
  async commit(record: JournalRecord): Promise<void> {
    await orRefused(this.#journal.writer.commit(record));
  }

  async commitAll(effects: readonly PoolEffect[]): Promise<void> {
    await Promise.all(
      effects.map((effect) => (effect.kind === 'commit' ? this.commit(effect.record) : undefined)),
    );
  }

  async close(): Promise<void> {
    await orRefused(this.#journal.close());
  }

  /** One after the other, however long a value takes to be judged: calls are numbered as they were made. */
  async misfits(request: CallRequest): Promise<Misfits> {
    if (this.#state.recorded.rescued.size === 0) return NO_MISFITS;
    const mine = this.#judged.then(() => misfitsAmong(rescuedFor(this.#state, request), request));
    this.#judged = mine.catch(() => undefined);
    return await mine;
  }
}

/** What JSON leaves out is not there; the prompt stays with who asks. */
export function fullRequest(request: WireRequest): CallRequest {
  const { phase, workflow, schema, model, effort, isolation, agentType, askedModel } = request;
  const { label, contentHash, promptHash } = request;
  const content = { label, phase, workflow, schema, model, effort, isolation, agentType };
  return { ...content, askedModel, contentHash, promptHash, prompt: '' };
}

export function callOf({ request, call, key, occurrence }: OpenCall) {
  const { contentHash: _, promptHash: __, askedModel: ___, ...content } = fullRequest(request);
  return { ...content, id: call, key, occurrence };
}

async function orRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof JournalBroken) throw new Refused('journal', error.message);
    throw error;
  }
}
