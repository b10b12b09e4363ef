/** One item from prompt to end: called, and called again while it fails and has tries left. */
import type { CallRequest } from '../../core/call.ts';
import type { Outcome } from '../../core/outcome.ts';
import { isFailureEnd, type RunEvent } from '../../core/progress.ts';
import { type CallDeps, callAgent } from '../call-agent.ts';
import type { MapItem } from './map-item.ts';

/** What became of an item that was asked, or was found unfit to be. */
export interface ItemResult {
  readonly item: MapItem;
  /** `undefined`: there was none to make. */
  readonly prompt: string | undefined;
  readonly end: ItemEnd;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Of the last try. */
  readonly durationMs: number;
}

export type ItemEnd =
  | { readonly kind: 'called'; readonly call: number; readonly outcome: Outcome; readonly replayed: boolean }
  | { readonly kind: 'unfit'; readonly message: string };

export function hasReplied({ end }: ItemResult): boolean {
  return end.kind === 'called' && end.outcome.kind === 'reply';
}

export function isStopped({ end }: ItemResult): boolean {
  return end.kind === 'called' && end.outcome.kind === 'failure' && end.outcome.reason === 'stopped';
}

export function isSkipped({ end }: ItemResult): boolean {
  return end.kind === 'called' && end.outcome.kind === 'failure' && end.outcome.reason === 'skipped';
}

export interface Ask {
  readonly item: MapItem;
  readonly prompt: string;
  readonly request: CallRequest;
  /** In all. */
  readonly tries: number;
  /** Its agent runs: from here on it is not simply left out. */
  readonly started: () => void;
}

export type Asked =
  /** `isCapped`: a cap stopped its agent. */
  | { readonly kind: 'result'; readonly result: ItemResult; readonly isCapped: boolean }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unrun' };

/** Rejects only when an outcome could not be made durable, or the pool is gone. */
export async function askItem(
  { item, prompt, request, tries, started }: Ask,
  deps: CallDeps,
  signal: AbortSignal,
): Promise<Asked> {
  let last: Asked = { kind: 'unrun' };
  for (let attempt = 1; attempt <= tries && !signal.aborted; attempt++) {
    const seen = { startedAt: undefined as number | undefined, durationMs: 0, replayed: false };
    const progress = (event: RunEvent): void => {
      if (event.type === 'call_started') {
        seen.startedAt = event.at;
        started();
      }
      if (event.type === 'call_settled') {
        seen.durationMs = event.durationMs;
        seen.replayed = event.replayed;
      }
      deps.progress(event);
    };
    const asked = await callAgent(request, { ...deps, progress }, signal);
    // A cap that comes between two tries leaves the failure that there is.
    if (asked.kind === 'refused') return attempt === 1 ? { kind: 'refused' } : last;
    const { call, outcome, cappedBy } = asked;
    const neverRan = seen.startedAt === undefined && !seen.replayed;
    if (neverRan && outcome.kind === 'failure' && outcome.reason === 'stopped') return last;
    const end = { kind: 'called', call: call.id, outcome, replayed: seen.replayed } as const;
    const startedAt = seen.startedAt ?? deps.clock.now();
    const result = { item, prompt, end, startedAt, durationMs: seen.durationMs };
    last = { kind: 'result', result, isCapped: cappedBy !== undefined };
    if (outcome.kind === 'reply' || !isFailureEnd(outcome.reason)) break;
  }
  return last;
}
