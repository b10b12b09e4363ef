/**
 * The part of the pool that decides: numbers calls, counts caps, says what is recorded. Given the same messages in the
 * same order it always gives the same effects; queues, files and clocks are outside and hand their times in.
 */
import type { AgentCall, CallRequest } from '../core/call.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Refusal } from '../core/ports.ts';
import { type JournalRecord, type SetbackCause, startedRecord } from '../wire/records/record.ts';
import { keyOf } from './content-hash.ts';
import type { RecordedReply, RescuedReply } from './recorded-calls.ts';
import { fittingReplies, type Misfits, NO_MISFITS } from './rescued-calls.ts';
import { agentCap, budgetCap, capWarnings } from './run-caps.ts';
import { countSetback, type RunState, spend } from './run-state.ts';

export type PoolMessage =
  | {
      readonly type: 'request';
      readonly request: CallRequest;
      /** Of `rescuedFor` this request, those whose value was judged and does not fit its schema. */
      readonly misfits?: Misfits;
      readonly at: number;
    }
  /** The queue has a place for it. */
  | { readonly type: 'turn'; readonly call: AgentCall; readonly at: number }
  | { readonly type: 'runs'; readonly call: AgentCall; readonly pid: number; readonly at: number }
  | { readonly type: 'settled'; readonly call: AgentCall; readonly outcome: Outcome; readonly at: number }
  /** It waited for a place, and a person wants no more of it. */
  | { readonly type: 'passed_over'; readonly call: AgentCall; readonly outcome: Outcome; readonly at: number }
  /** What its agent came to is no end of the call: it will wait again. */
  | {
      readonly type: 'set_back';
      readonly call: AgentCall;
      readonly cause: SetbackCause;
      readonly outcome: Outcome;
      readonly at: number;
    };

export type PoolEffect =
  | Refusal
  | { readonly kind: 'enqueue'; readonly call: AgentCall }
  | { readonly kind: 'replay'; readonly call: AgentCall; readonly outcome: Outcome }
  | { readonly kind: 'grant' }
  /** For whoever watches the run; it is in the journal's log already. */
  | { readonly kind: 'notice'; readonly text: string }
  /** A cap that stops what runs was reached. */
  | { readonly kind: 'over'; readonly refusal: Refusal }
  /** Written; `commit` also waits for the disk before anyone is told. */
  | { readonly kind: 'append' | 'commit'; readonly record: JournalRecord };

/** Changes `state` in place (a copy of a thousand entries a message would cost more than the message) and says what to do. */
export function step(state: RunState, message: PoolMessage): PoolEffect[] {
  return [...decided(state, message), ...nearCaps(state, message.at)];
}

function decided(state: RunState, message: PoolMessage): PoolEffect[] {
  switch (message.type) {
    case 'request':
      return request(state, message.request, message.misfits ?? NO_MISFITS, message.at);
    case 'turn':
      return turn(state, message.call, message.at);
    case 'runs': {
      const { call, pid, at } = message;
      return [{ kind: 'append', record: { type: 'process', call: call.id, pid, at } }];
    }
    case 'settled':
      return settled(state, message.call, message.outcome, message.at);
    case 'passed_over':
      return passedOver(state, message.call, message.outcome, message.at);
    case 'set_back': {
      const { call, cause, outcome, at } = message;
      countSetback(state, call.id, cause, outcome);
      const { attempt } = state;
      const { id, key } = call;
      return [{ kind: 'append', record: { type: 'setback', call: id, key, cause, outcome, attempt, at } }];
    }
  }
}

/** Replies of another engine that this request may take, before anyone has judged their values. */
export function rescuedFor(state: RunState, request: CallRequest): RescuedReply[] {
  if (state.reuse === 'none') return [];
  const alike = state.recorded.rescued.get(request.promptHash) ?? [];
  return fittingReplies(alike, request).filter(({ call }) => !state.rescuedUsed.has(call));
}

function request(state: RunState, asked: CallRequest, misfits: Misfits, at: number): PoolEffect[] {
  const tooMany = agentCap(state);
  if (tooMany) return refuse(state, tooMany, asked.label, at);
  const found = recordedReply(state, asked, misfits);
  // What was paid for is handed out even when the budget is spent.
  const spent = found ? undefined : budgetCap(state);
  if (spent) return refuse(state, spent, asked.label, at);
  const { contentHash, promptHash: _prompt, askedModel: _asked, ...content } = asked;
  const { occurrence, key } = found && 'key' in found ? found : nextKey(state, contentHash);
  state.occurrences.set(contentHash, Math.max(occurrence, state.occurrences.get(contentHash) ?? 0));
  state.calls += 1;
  if (!found) {
    state.lastCall += 1;
    return [{ kind: 'enqueue', call: { ...content, id: state.lastCall, occurrence, key } }];
  }
  const { call: id, outcome } = found;
  spend(state, outcome);
  return [
    { kind: 'replay', call: { ...content, id, occurrence, key }, outcome },
    { kind: 'append', record: { type: 'replayed', call: id, key, attempt: state.attempt, at } },
  ];
}

/** A key of its own for a call that runs, so that its reply stands beside the recorded ones; without reuse it replaces them. */
function nextKey(
  state: RunState,
  contentHash: string,
): { readonly occurrence: number; readonly key: string } {
  const recorded = state.reuse === 'none' ? [] : (state.recorded.replies.get(contentHash) ?? []);
  const used = new Set(recorded.map(({ occurrence }) => occurrence));
  let occurrence = (state.occurrences.get(contentHash) ?? 0) + 1;
  while (used.has(occurrence)) occurrence += 1;
  return { occurrence, key: keyOf(contentHash, occurrence) };
}

function recordedReply(
  state: RunState,
  asked: CallRequest,
  misfits: Misfits,
): RecordedReply | RescuedReply | undefined {
  if (state.reuse === 'none') return undefined;
  const found = takeRecorded(state, asked.contentHash) ?? takeRescued(state, asked, misfits);
  if (!found && state.reuse === 'prefix') state.reuse = 'none';
  return found;
}

function takeRecorded(state: RunState, contentHash: string): RecordedReply | undefined {
  const taken = state.taken.get(contentHash) ?? 0;
  const found = state.recorded.replies.get(contentHash)?.[taken];
  if (found) state.taken.set(contentHash, taken + 1);
  return found;
}

function takeRescued(state: RunState, asked: CallRequest, misfits: Misfits): RescuedReply | undefined {
  const found = rescuedFor(state, asked).find(({ call }) => !misfits.has(call));
  if (found) state.rescuedUsed.add(found.call);
  return found;
}

/** Tokens are counted again here: a thousand calls may have queued up before the first one told what it cost. */
function turn(state: RunState, call: AgentCall, at: number): PoolEffect[] {
  const spent = budgetCap(state);
  if (spent) return refuse(state, spent, call.label, at);
  state.startedAt.set(call.id, at);
  return [{ kind: 'grant' }, { kind: 'append', record: startedRecord(call, state.attempt, at) }];
}

function settled(state: RunState, call: AgentCall, outcome: Outcome, at: number): PoolEffect[] {
  const durationMs = at - (state.startedAt.get(call.id) ?? at);
  state.startedAt.delete(call.id);
  state.setbacks.delete(call.id);
  spend(state, outcome);
  const { id, key } = call;
  const { attempt } = state;
  return [{ kind: 'commit', record: { type: 'outcome', call: id, key, outcome, durationMs, attempt, at } }];
}

/** Recorded as one that began and ended at once: what only waited is in no record, and who reads the run later would not know of it. */
function passedOver(state: RunState, call: AgentCall, outcome: Outcome, at: number): PoolEffect[] {
  const begun = state.setbacks.has(call.id)
    ? []
    : [{ kind: 'append', record: startedRecord(call, state.attempt, at) } as const];
  return [...begun, ...settled(state, call, outcome, at)];
}

function refuse(state: RunState, refusal: Refusal, label: string, at: number): PoolEffect[] {
  const record = state.refused.add(refusal, label, at);
  return record === undefined ? [refusal] : [refusal, { kind: 'append', record }];
}

/** Each cap once. */
function nearCaps(state: RunState, at: number): PoolEffect[] {
  const over = state.caps.hard ? budgetCap(state) : undefined;
  const warnings = capWarnings(state).filter(({ cap }) => !state.warned.has(cap));
  for (const { cap } of warnings) state.warned.add(cap);
  return [
    ...warnings.flatMap(({ message: text }): PoolEffect[] => [
      { kind: 'notice', text },
      { kind: 'append', record: { type: 'log', text, at } },
    ]),
    ...(over === undefined ? [] : [{ kind: 'over', refusal: over } as const]),
  ];
}
