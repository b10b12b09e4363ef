/** What `andwait map` tells of each item: one object, or the answer alone. Field names are for ever. */
import type { Json } from '../../core/json.ts';
import { NO_USAGE, type Outcome, type Usage } from '../../core/outcome.ts';
import type { ItemResult } from '../../workflow/map/ask-item.ts';

export interface MapRecord {
  readonly seq: number;
  readonly input: Json;
  /** `reply`, or why there is none: a failure's reason, or `invalid-input` for an item that could not be asked. */
  readonly outcome: string;
  readonly value: Json;
  /** Absent where there is nothing to say. */
  readonly error?: string;
  readonly usage: Usage;
  readonly costUsd: number | null;
  readonly durationMs: number;
  /** Number of its last call in the run; `null` when none was made. */
  readonly call: number | null;
}

export const INVALID_INPUT = 'invalid-input';

export function recordOf({ item, end, durationMs }: ItemResult): MapRecord {
  const { seq, input } = item;
  if (end.kind === 'unfit') {
    const nothing = { usage: NO_USAGE, costUsd: null, durationMs: 0, call: null };
    return { seq, input, outcome: INVALID_INPUT, value: null, error: end.message, ...nothing };
  }
  const { outcome, call } = end;
  const { usage, costUsd } = outcome;
  const cost = { usage, costUsd, durationMs: Math.round(durationMs), call };
  if (outcome.kind === 'reply') return { seq, input, outcome: 'reply', value: answerValue(outcome), ...cost };
  return { seq, input, outcome: outcome.reason, value: null, error: outcome.message, ...cost };
}

function answerValue(outcome: Extract<Outcome, { kind: 'reply' }>): Json {
  return outcome.structured === undefined ? outcome.text : outcome.structured;
}

/** The answer, with a line end; empty when there is none. */
export function answerText({ end }: ItemResult): string {
  if (end.kind === 'unfit' || end.outcome.kind !== 'reply') return '';
  const value = answerValue(end.outcome);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** As GNU parallel tags: the item and a tab before every line. An item of several lines is one line there. */
export function taggedText(result: ItemResult): string {
  const text = answerText(result);
  if (text === '') return '';
  const tag = result.item.text.replace(/\r?\n/g, ' ');
  const lines = text.slice(0, -1).split('\n');
  return `${lines.map((line) => `${tag}\t${line}`).join('\n')}\n`;
}
