/**
 * The loop of a map: reads an item when there is room for it, asks an agent, hands on what came of it. Only so many
 * items are in memory as run, and as many results as wait for their turn in the output; all else waits in the pipe.
 */
import type { CallRequest } from '../../core/call.ts';
import type { CallDeps } from '../call-agent.ts';
import { RunStopped } from '../run-workflow.ts';
import { type Asked, askItem, hasReplied, type ItemResult, isSkipped, isStopped } from './ask-item.ts';
import { type HaltRule, isHalted } from './halt-rule.ts';
import { OrderedEmitter } from './in-order.ts';
import { type ItemCounts, NO_ITEMS } from './item-counts.ts';
import type { MapItem } from './map-item.ts';
import type { MapTemplate } from './map-template.ts';

export interface MapPlan {
  readonly template: MapTemplate;
  readonly requestFor: (item: MapItem, prompt: string) => CallRequest;
  /** Items asked at once. */
  readonly concurrency: number;
  readonly keepOrder: boolean;
  /** Calls an item may take. */
  readonly tries: number;
  readonly halt: HaltRule | undefined;
}

export interface MapDeps extends CallDeps {
  /** One at a time. What it throws ends the map. */
  readonly emit: (result: ItemResult) => Promise<void>;
  /** After each item: for a display. */
  readonly counted: (counts: ItemCounts) => void;
}

export interface MapEnd {
  readonly counts: ItemCounts;
  readonly why: 'input-ended' | 'halted' | 'capped' | 'stopped';
}

/** With the order kept: results that wait for a slower one before them. */
const LEAST_WAITING = 100;
const MAX_WAITING_CHARACTERS = 32 * 1024 * 1024;

/** Contract: rejects for bugs, broken journals and lost pools only; by then every agent has ended. */
export async function runMap(
  openItems: (signal: AbortSignal) => AsyncIterable<MapItem>,
  plan: MapPlan,
  deps: MapDeps,
  signal: AbortSignal,
): Promise<MapEnd> {
  const map = new RunningMap(plan, deps);
  const stop = () => map.end('stopped', 'now', signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await map.read(openItems);
  } finally {
    await map.settled();
    signal.removeEventListener('abort', stop);
  }
  return map.result();
}

interface Job {
  readonly abort: AbortController;
  isStarted: boolean;
}

class RunningMap {
  readonly #plan: MapPlan;
  readonly #deps: MapDeps;
  readonly #out: OrderedEmitter<ItemResult>;
  readonly #jobs = new Set<Job>();
  readonly #reading = new AbortController();
  #counts: ItemCounts = NO_ITEMS;
  #why: MapEnd['why'] = 'input-ended';
  #bug: Error | undefined;
  #wake: () => void = () => {};

  constructor(plan: MapPlan, deps: MapDeps) {
    this.#plan = plan;
    this.#deps = deps;
    const { keepOrder, concurrency } = plan;
    this.#out = new OrderedEmitter({
      keepOrder,
      maxWaiting: keepOrder ? Math.max(LEAST_WAITING, 4 * concurrency) : concurrency,
      maxWaitingSize: MAX_WAITING_CHARACTERS,
      sizeOf: charactersOf,
      emit: deps.emit,
    });
    this.#out.onChange(() => {
      const { failure } = this.#out;
      if (failure !== undefined) this.#fail(failure);
      this.#wake();
    });
  }

  /** Nothing new is begun. `soon` leaves what runs alone; `now` ends it too. The first reason counts. */
  end(why: MapEnd['why'], when: 'soon' | 'now', reason: Error): void {
    this.#readNoMore(why, reason);
    for (const { abort, isStarted } of this.#jobs) if (when === 'now' || !isStarted) abort.abort(reason);
    this.#wake();
  }

  async read(openItems: (signal: AbortSignal) => AsyncIterable<MapItem>): Promise<void> {
    const { signal } = this.#reading;
    let position = 0;
    const items = openItems(signal)[Symbol.asyncIterator]();
    try {
      while (await this.#room()) {
        const next = await items.next();
        if (next.done === true || signal.aborted) return;
        this.#begin(next.value, position);
        position += 1;
      }
    } finally {
      await items.return?.();
    }
  }

  /** Resolves when nothing runs any more and everything is handed on. */
  async settled(): Promise<void> {
    while (this.#jobs.size > 0) await this.#change();
    await this.#out.drained().catch((error: Error) => this.#fail(error));
  }

  result(): MapEnd {
    if (this.#bug !== undefined) throw this.#bug;
    return { counts: this.#counts, why: this.#why };
  }

  async #room(): Promise<boolean> {
    while (!this.#reading.signal.aborted) {
      if (this.#jobs.size < this.#plan.concurrency && !this.#out.isFull) return true;
      await this.#change();
    }
    return false;
  }

  /** Of one loop at a time: first the reading one, then that which waits for the end. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #begin(item: MapItem, position: number): void {
    this.#count({ read: 1 });
    const rendered = this.#plan.template.render(item);
    if (rendered.kind === 'problem') {
      const end = { kind: 'unfit', message: rendered.message } as const;
      const startedAt = this.#deps.clock.now();
      this.#done({ item, prompt: undefined, end, startedAt, durationMs: 0 }, position);
      return;
    }
    const job: Job = { abort: new AbortController(), isStarted: false };
    this.#jobs.add(job);
    const { prompt } = rendered;
    const { tries } = this.#plan;
    const request = this.#plan.requestFor(item, prompt);
    const started = (): void => {
      job.isStarted = true;
    };
    void askItem({ item, prompt, request, tries, started }, this.#deps, job.abort.signal)
      .then((asked) => this.#asked(asked, position))
      .catch((error: Error) => this.#fail(error))
      .finally(() => {
        this.#jobs.delete(job);
        this.#wake();
      });
  }

  #asked(asked: Asked, position: number): void {
    if (asked.kind === 'result') {
      if (asked.isCapped) this.#capped();
      this.#done(asked.result, position);
      return;
    }
    this.#count({ unrun: 1 });
    this.#out.add(position, undefined);
    if (asked.kind === 'refused') this.#capped();
  }

  /** What waits was let in before the cap was full, and is the cap's to refuse, not ours. */
  #capped(): void {
    this.#readNoMore('capped', new RunStopped('a cap of the run was reached'));
    this.#wake();
  }

  #readNoMore(why: MapEnd['why'], reason: Error): void {
    if (this.#why === 'input-ended') this.#why = why;
    this.#reading.abort(reason);
  }

  #done(result: ItemResult, position: number): void {
    this.#out.add(position, result);
    const { end } = result;
    if (isStopped(result)) {
      this.#count({ stopped: 1 });
      // Nobody here asked for it: the run was stopped from elsewhere.
      if (!this.#reading.signal.aborted) this.end('stopped', 'now', new RunStopped('the run was stopped'));
      return;
    }
    if (hasReplied(result)) {
      this.#count({ replied: 1, replayed: end.kind === 'called' && end.replayed ? 1 : 0 });
    } else this.#count(isSkipped(result) ? { skipped: 1 } : { failed: 1 });
    const { halt } = this.#plan;
    if (halt !== undefined && this.#why === 'input-ended' && isHalted(halt, this.#counts)) {
      this.end('halted', halt.when, new RunStopped('ended by --halt'));
    }
  }

  #count(more: Partial<ItemCounts>): void {
    const sum = { ...this.#counts };
    for (const [name, by] of Object.entries(more)) sum[name as keyof ItemCounts] += by;
    this.#counts = sum;
    this.#deps.counted(sum);
  }

  #fail(error: Error): void {
    this.#bug ??= error;
    this.end('stopped', 'now', error);
  }
}

function charactersOf({ item, end }: ItemResult): number {
  const answer = end.kind === 'called' ? (end.outcome.text?.length ?? 0) : 0;
  return item.text.length + answer;
}
