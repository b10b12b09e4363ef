/** The calls of one attempt, as the journal tells of them: those that ran in it, and those that an earlier outcome answered. */
import type { Outcome } from '../core/outcome.ts';
import type { JournalRecord, StartedRecord } from '../wire/record.ts';

export interface AttemptCall {
  readonly call: number;
  readonly label: string;
  readonly phase: string | undefined;
  readonly workflow: string | undefined;
  /** Milliseconds since the epoch; of its last agent, where it was put back. */
  readonly startedAt: number;
  /** `undefined`: it had not settled when the attempt ended. */
  readonly outcome: Outcome | undefined;
  readonly durationMs: number;
  /** Answered from an earlier attempt. */
  readonly replayed: boolean;
}

/** By number. */
export function attemptCalls(records: readonly JournalRecord[], attempt: number): AttemptCall[] {
  const started = new Map<number, StartedRecord>();
  const settled = new Map<number, { readonly outcome: Outcome; readonly durationMs: number }>();
  const ofAttempt = new Map<number, 'ran' | 'replayed'>();
  for (const record of records) {
    switch (record.type) {
      case 'started':
        started.set(record.call, record);
        if (record.attempt === attempt) ofAttempt.set(record.call, 'ran');
        break;
      case 'outcome':
        settled.set(record.call, record);
        break;
      case 'replayed':
        if (record.attempt === attempt) ofAttempt.set(record.call, 'replayed');
        break;
    }
  }
  return [...ofAttempt]
    .sort(([a], [b]) => a - b)
    .flatMap(([call, how]) => {
      const begin = started.get(call);
      if (begin === undefined) return [];
      const { label, phase, workflow, at: startedAt } = begin;
      const end = settled.get(call);
      const durationMs = how === 'replayed' ? 0 : (end?.durationMs ?? 0);
      return [
        {
          call,
          label,
          phase,
          workflow,
          startedAt,
          outcome: end?.outcome,
          durationMs,
          replayed: how === 'replayed',
        },
      ];
    });
}
