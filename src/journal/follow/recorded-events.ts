/** Turns the records of a run's journal into the events that the run itself shows while it works, so that one display serves both. */
import { putBackEvent, type RunEvent, settledEvent } from '../../core/progress.ts';
import { CAPS } from '../../core/run.ts';
import type {
  AttemptRecord,
  JournalRecord,
  RefusedRecord,
  StartedRecord,
  SteeredRecord,
} from '../../wire/record.ts';
import type { RunDescription } from '../run-folder.ts';

type SettledEvent = Extract<RunEvent, { type: 'call_settled' }>;

/** What of `run.json` is shown. */
export type RunTitle = Pick<RunDescription, 'runId' | 'name' | 'description'>;

export class RecordedEvents {
  readonly #run: RunTitle;
  /** Of all attempts: what is replayed stands under the number it had. */
  readonly #started = new Map<number, StartedRecord>();
  /** Their next start is not their first of this attempt. */
  readonly #putBack = new Set<number>();
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
        return [refused(record)];
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
      case 'header':
      case 'process':
      case 'end':
        return [];
    }
  }

  #named(id: number) {
    return { id, label: this.#started.get(id)?.label ?? '' };
  }

  #attempt({ agent, phases = [], at }: AttemptRecord): RunEvent {
    this.#putBack.clear();
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

/** The journal names each cap's first refusal only. */
function refused({ label, cap: name, at }: RefusedRecord): RunEvent {
  const cap = CAPS.find((known) => known === name) ?? 'agents';
  return { type: 'call_refused', call: undefined, label, cap, message: `${label} was the first`, at };
}

/** Who did what to the run, or to which call of it. */
export function steeredText({ action, call, by }: SteeredRecord): string {
  return `${by.user} (pid ${by.pid}): ${action}${call === undefined ? '' : ` #${call}`}`;
}
