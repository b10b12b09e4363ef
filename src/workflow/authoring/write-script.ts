/** Has a model write a script until it is good, or has been handed back often enough. */
import type { CallRequest } from '../../core/call.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Failure } from '../../core/outcome.ts';
import { type CallDeps, callAgent } from '../call-agent.ts';
import type { RefusedDraft } from './author-prompt.ts';
import type { CheckedDraft, Draft, Verdict } from './check-draft.ts';

/** The first draft, and three that mend it. */
export const MAX_DRAFTS = 4;

export type Written =
  | { readonly kind: 'good'; readonly draft: CheckedDraft; readonly drafts: number }
  /** The last of them is as bad as the first. */
  | { readonly kind: 'bad'; readonly draft: Draft; readonly objection: string; readonly drafts: number }
  /** Its agent came to nothing. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'capped'; readonly message: string };

export interface WritingDeps {
  readonly requestFor: (refused: RefusedDraft | undefined, number: number) => CallRequest;
  readonly check: (draft: Draft, number: number) => Promise<Verdict>;
  /** Of a draft that is not good: it is handed back, or it was the last. */
  readonly objected: (objection: string, number: number) => void;
  /** Each draft, before it is judged. */
  readonly keep: (draft: Draft, number: number) => Promise<void>;
}

/** Rejects as `check`, `keep` and the pool do. */
export async function writeScript(
  { requestFor, check, objected, keep }: WritingDeps,
  calls: CallDeps,
  signal: AbortSignal,
): Promise<Written> {
  let refused: RefusedDraft | undefined;
  for (let number = 1; ; number++) {
    const settled = await callAgent(requestFor(refused, number), calls, signal);
    if (settled.kind === 'refused') return { kind: 'capped', message: settled.message };
    const { outcome, cappedBy } = settled;
    if (cappedBy !== undefined) return { kind: 'capped', message: cappedBy.message };
    if (outcome.kind === 'failure') return { kind: 'failed', failure: outcome };
    const draft = draftOf(outcome.structured);
    await keep(draft, number);
    const verdict = await check(draft, number);
    if (verdict.kind === 'good') return { kind: 'good', draft: verdict.draft, drafts: number };
    const { objection } = verdict;
    objected(objection, number);
    if (number === MAX_DRAFTS) return { kind: 'bad', draft, objection, drafts: number };
    refused = { script: draft.text, objection };
  }
}

/** The schema has been held to by then. */
function draftOf(answer: Json | undefined): Draft {
  const { script, args }: JsonObject = isJsonObject(answer) ? answer : {};
  return {
    text: typeof script === 'string' ? withoutFence(script) : '',
    args: args ?? undefined,
  };
}

/** Models put code between fences from habit, whatever they were told. */
function withoutFence(script: string): string {
  const [, inside] = /^\s*```[a-z]*\n(.*)\n```\s*$/s.exec(script) ?? [];
  const text = inside ?? script;
  return text.endsWith('\n') ? text : `${text}\n`;
}
