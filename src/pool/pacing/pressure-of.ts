/** Says of a failure whether it was limits, quota or credentials: then the call itself has not failed, and everybody else is concerned. */
import type { FailureReason, Outcome, Pressure } from '../../core/outcome.ts';
import { pressureIn } from '../../wire/refusal-words.ts';

/** Those that say what an API said. The others have causes of their own, whatever their texts quote. */
const TOLD_BY_API: ReadonlySet<FailureReason> = new Set(['api-error', 'agent-error']);

/** `undefined`: it concerns nobody else. `now`: milliseconds since the epoch. */
export function pressureOf(outcome: Outcome, now: number): Pressure | undefined {
  if (outcome.kind === 'reply' || !TOLD_BY_API.has(outcome.reason)) return undefined;
  const { apiStatus: status, text, message } = outcome;
  return pressureIn({ status, said: isQuoted(text, message) ? text : message }, now);
}

/** Of messages that quote the API, as much as surely stands in them. */
const QUOTED_CHARACTERS = 300;

/** `false`: the model wrote it, before its program failed for another reason. */
function isQuoted(text: string | undefined, message: string): text is string {
  const line = text?.trim().replace(/\s+/g, ' ').slice(0, QUOTED_CHARACTERS) ?? '';
  return line !== '' && message.includes(line);
}

/** The model API served it, whatever came of that. */
export function wasServed(outcome: Outcome): boolean {
  return outcome.kind === 'reply' || outcome.reason === 'max-turns' || outcome.reason === 'schema-never-met';
}
