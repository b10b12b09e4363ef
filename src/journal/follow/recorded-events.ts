/** Turns the records of a run's journal into the events that the run itself shows while it works, so that one display serves both. */
import {
  neverStartedEvent,
  putBackEvent,
  type RunEvent,
  type SettledEvent,
  settledEvent,
} from '../../core/progress.ts';
import { CAPS, type CapName } from '../../core/run.ts';
import type {
  AttemptRecord,
  JournalRecord,
  RefusedRecord,
  StartedRecord,
  SteeredRecord,
} from '../../wire/records/record.ts';
import type { RunDescription } from '../run-folder.ts';

/** What of `run.json` is shown. */
export type RunTitle = Pick<RunDescription, 'runId' | 'name' | 'description'>;

export class RecordedEvents {
  readonly #run: RunTitle;
  /** Of all attempts: what is replayed stands under the number it had. */
  readonly #started = new Map<number, StartedRecord>();
  /** They wait again: their next start is not their first of this attempt. */
  readonly #putBack = new Set<number>();
  /** So many of each cap in this attempt. */
  readonly #refused = new Map<CapName, number>();
  readonly #settled = new Map<number, SettledEvent>();

  constructor(run: RunTitle) {
    this.#run = run;
  }

  /** In order. `run_started` begins an attempt; what came before it belongs to an earlier one. */
  of(record: JournalRecord): RunEvent[] {
    switch (record.type) {
      case 'attempt':
        return [this.#attempt(record)];
      case 'started': {
        this.#started.set(record.call, record);
        const isAgain = this.#putBack.delete(record.call);
        const start = { type: 'call_started', call: record.call, at: record.at } as const;
        return isAgain ? [start] : [queued(record), start];
      }
      case 'setback':
        this.#putBack.add(record.call);
        return [putBackEvent(this.#named(record.call), record.outcome, record.at)];
      case 'outcome': {
        const { call: id, durationMs, at } = record;
        this.#putBack.delete(id);
        const event = settledEvent(this.#named(id), record.outcome, { replayed: false, durationMs, at });
        this.#settled.set(id, event);
        return [event];
      }
      case 'replayed':
        return this.#replayed(record.call, record.at);
      case 'refused':
        return this.#refusedBy(record);
      case 'phase':
        return [record];
      case 'log':
        return [{ type: 'log', text: record.text, call: record.call, at: record.at }];
      case 'held':
        return [{ ...record, type: 'run_held' }];
      case 'released':
        return [{ ...record, type: 'run_released' }];
      case 'steered':
        return [{ type: 'log', text: steeredText(record), call: undefined, at: record.at }];
      case 'end':
        return [...this.#putBack].map((id) => neverStartedEvent(this.#named(id), record.at));
      case 'header':
      case 'process':
        return [];
    }
  }

  /** Told again as their number grows; each time only those are new that were not told of before. */
  #refusedBy({ label, cap: name, raise = '', count = 1, at }: RefusedRecord): RunEvent[] {
    const cap = CAPS.find((known) => known === name) ?? 'agents';
    const times = count - (this.#refused.get(cap) ?? 0);
    this.#refused.set(cap, count);
    const message = `${label} was the first`;
    return times <= 0
      ? []
      : [{ type: 'call_refused', call: undefined, label, cap, message, raise, times, at }];
  }

  #named(id: number) {
    return { id, label: this.#started.get(id)?.label ?? '' };
  }

  #attempt({ agent, phases = [], at }: AttemptRecord): RunEvent {
    this.#putBack.clear();
    this.#refused.clear();
    const { runId, name, description } = this.#run;
    return { type: 'run_started', runId, name, description, phases, agent, at };
  }

  #replayed(call: number, at: number): RunEvent[] {
    const started = this.#started.get(call);
    const settled = this.#settled.get(call);
    return [
      ...(started === undefined ? [] : [queued({ ...started, at })]),
      ...(settled === undefined ? [] : [{ ...settled, replayed: true, durationMs: 0, at }]),
    ];
  }
}

function queued({ call, label, phase, workflow, model, at }: StartedRecord): RunEvent {
  return { type: 'call_queued', call, label, phase, workflow, model, at };
}

/** Who did what to the run, or to which call of it. */
export function steeredText({ action, call, by }: SteeredRecord): string {
  return `${by.user} (pid ${by.pid}): ${action}${call === undefined ? '' : ` #${call}`}`;
}
