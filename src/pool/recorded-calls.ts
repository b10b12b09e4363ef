/** What earlier attempts at a run left behind, folded from its journal: which calls are answered, which numbers are taken. */
import type { Reply } from '../core/outcome.ts';
import type { JournalRecord, PromptMatch } from '../wire/records/record.ts';
import { partsOfKey } from './content-hash.ts';

interface AnyReply {
  readonly call: number;
  readonly outcome: Reply;
}

export interface RecordedReply extends AnyReply {
  readonly key: string;
  readonly occurrence: number;
}

/** A reply of another engine, which answers the first call that its prompt fits. */
export interface RescuedReply extends AnyReply {
  readonly match: PromptMatch;
}

export interface RecordedCalls {
  /**
   * Good ends only, by content, in the order of their occurrence: identical calls are interchangeable, so a reply that
   * a retry brought answers the first time the content is asked for. The latest attempt's where a call ran in several.
   */
  readonly replies: ReadonlyMap<string, readonly RecordedReply[]>;
  /** By hash of the prompt, in the order they started. One that has answered a call since is among `replies`, under that call's key. */
  readonly rescued: ReadonlyMap<string, readonly RescuedReply[]>;
  /** Output tokens of calls that did not end well: spent, and not to be found again by replaying. */
  readonly lostTokens: number;
  /** Dollars, likewise. */
  readonly lostUsd: number;
  readonly lastCall: number;
  readonly attempts: number;
}

export const NOTHING_RECORDED: RecordedCalls = {
  replies: new Map(),
  rescued: new Map(),
  lostTokens: 0,
  lostUsd: 0,
  lastCall: 0,
  attempts: 0,
};

/** `rehearsal`: whether the attempt to come rehearses. Samples answer rehearsals only, and real replies real runs only. */
export function recordedCalls(records: readonly JournalRecord[], rehearsal: boolean): RecordedCalls {
  const replies = new RepliesByKey();
  const rescued = new Map<number, RescuedReply>();
  const sameKind = new Set<number>();
  let lostTokens = 0;
  let lostUsd = 0;
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
        const { key, call, outcome, match, attempt } = record;
        if (outcome.kind !== 'reply') {
          lostTokens += outcome.usage.outputTokens;
          lostUsd += outcome.costUsd ?? 0;
        } else if (match === undefined) replies.add(key, attempt, { call, outcome });
        else if (match.by === 'prompt') rescued.set(call, { call, outcome, match });
        break;
      }
      case 'setback':
        if (!sameKind.has(record.attempt)) break;
        lostTokens += record.outcome.usage.outputTokens;
        lostUsd += record.outcome.costUsd ?? 0;
        break;
      case 'replayed': {
        const found = rescued.get(record.call);
        if (!found) break;
        // Its full content is known from here on: it is that call's answer, and no other's.
        rescued.delete(record.call);
        replies.add(record.key, record.attempt, found);
        break;
      }
    }
  }
  const lost = { lostTokens, lostUsd };
  return { replies: byContent(replies), rescued: byPrompt(rescued.values()), ...lost, lastCall, attempts };
}

/**
 * Several calls of one attempt may share a key: of identical calls that waited when a broker died, the next one knows
 * nothing until their processes come back, and counts one that comes before them from the beginning.
 */
class RepliesByKey {
  readonly #byKey = new Map<string, { readonly attempt: number; readonly calls: Map<number, AnyReply> }>();

  add(key: string, attempt: number, reply: AnyReply): void {
    const alike = this.#byKey.get(key);
    if (alike?.attempt === attempt) alike.calls.set(reply.call, reply);
    else this.#byKey.set(key, { attempt, calls: new Map([[reply.call, reply]]) });
  }

  *[Symbol.iterator](): Iterator<readonly [string, AnyReply]> {
    for (const [key, { calls }] of this.#byKey) for (const reply of calls.values()) yield [key, reply];
  }
}

function byContent(replies: RepliesByKey): Map<string, RecordedReply[]> {
  const found = new Map<string, RecordedReply[]>();
  for (const [key, reply] of replies) {
    const { contentHash, occurrence } = partsOfKey(key);
    const alike = found.get(contentHash) ?? [];
    found.set(contentHash, alike);
    alike.push({ ...reply, key, occurrence });
  }
  for (const alike of found.values()) alike.sort((a, b) => a.occurrence - b.occurrence);
  return found;
}

function byPrompt(rescued: Iterable<RescuedReply>): Map<string, RescuedReply[]> {
  const found = new Map<string, RescuedReply[]>();
  for (const reply of rescued) {
    const { promptHash } = reply.match;
    const alike = found.get(promptHash);
    if (alike) alike.push(reply);
    else found.set(promptHash, [reply]);
  }
  return found;
}
