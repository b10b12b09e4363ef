/** What earlier attempts at a run left behind, folded from its journal: which calls are answered, which numbers are taken. */
import type { Reply } from '../core/outcome.ts';
import type { JournalRecord } from '../wire/record.ts';

export interface RecordedReply {
  readonly call: number;
  readonly outcome: Reply;
}

export interface RecordedCalls {
  /** Good ends only, by key; the latest where a call ran twice. */
  readonly replies: ReadonlyMap<string, RecordedReply>;
  /** Output tokens of calls that did not end well: spent, and not to be found again by replaying. */
  readonly lostTokens: number;
  readonly lastCall: number;
  readonly attempts: number;
}

export const NOTHING_RECORDED: RecordedCalls = {
  replies: new Map(),
  lostTokens: 0,
  lastCall: 0,
  attempts: 0,
};

/** `rehearsal`: whether the attempt to come rehearses. Samples answer rehearsals only, and real replies real runs only. */
export function recordedCalls(records: readonly JournalRecord[], rehearsal: boolean): RecordedCalls {
  const replies = new Map<string, RecordedReply>();
  const sameKind = new Set<number>();
  let lostTokens = 0;
  let lastCall = 0;
  let attempts = 0;
  for (const record of records) {
    switch (record.type) {
      case 'attempt':
        attempts = Math.max(attempts, record.attempt);
        if (record.rehearsal === rehearsal) sameKind.add(record.attempt);
        break;
      case 'started':
        lastCall = Math.max(lastCall, record.call);
        break;
      case 'outcome': {
        if (!sameKind.has(record.attempt)) break;
        const { key, call, outcome } = record;
        if (outcome.kind === 'reply') replies.set(key, { call, outcome });
        else lostTokens += outcome.usage.outputTokens;
        break;
      }
    }
  }
  return { replies, lostTokens, lastCall, attempts };
}
