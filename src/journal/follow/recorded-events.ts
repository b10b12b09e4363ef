/** Turns the records of a run's journal into the events that the run itself shows while it works, so that one display serves both. */
import { type RunEvent, settledEvent } from '../../core/progress.ts';
import { CAPS } from '../../core/run.ts';
import type { AttemptRecord, JournalRecord, RefusedRecord, StartedRecord } from '../../wire/record.ts';
import type { RunDescription } from '../run-folder.ts';

type SettledEvent = Extract<RunEvent, { type: 'call_settled' }>;

/** What of `run.json` is shown. */
export type RunTitle = Pick<RunDescription, 'runId' | 'name' | 'description'>;

export class RecordedEvents {
  readonly #run: RunTitle;
  /** Of all attempts: what is replayed stands under the number it had. */
  readonly #started = new Map<number, StartedRecord>();
  readonly #settled = new Map<number, SettledEvent>();

  constructor(run: RunTitle) {
    this.#run = run;
  }

  /** In order. `run_started` begins an attempt; what came before it belongs to an earlier one. */
  of(record: JournalRecord): RunEvent[] {
    switch (record.type) {
      case 'attempt':
        return [this.#attempt(record)];
      case 'started':
        this.#started.set(record.call, record);
        return [queued(record), { type: 'call_started', call: record.call, at: record.at }];
      case 'outcome': {
        const { call: id, durationMs, at } = record;
        const named = { id, label: this.#started.get(id)?.label ?? '' };
        const event = settledEvent(named, record.outcome, { replayed: false, durationMs, at });
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
      case 'header':
      case 'process':
      case 'end':
        return [];
    }
  }

  #attempt({ agent, phases = [], at }: AttemptRecord): RunEvent {
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
