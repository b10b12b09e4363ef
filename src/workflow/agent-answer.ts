/** What an outcome means to the script: a value, `null` with a line in the log, or an exception. */
import type { Outcome } from '../core/outcome.ts';
import type { Refusal } from '../core/ports.ts';
import type { Answer } from '../script/script-host.ts';

export interface ScriptAnswer {
  readonly answer: Answer;
  /** A line for the run's log. */
  readonly log: string | undefined;
}

export function answerOf(label: string, outcome: Outcome): ScriptAnswer {
  if (outcome.kind === 'reply') {
    const value = outcome.structured === undefined ? outcome.text : outcome.structured;
    return { answer: { kind: 'value', json: JSON.stringify(value) }, log: undefined };
  }
  if (outcome.reason === 'schema-never-met') {
    const message = `[${label}] never gave a value of its schema: ${outcome.message}`;
    return { answer: thrown('Error', message), log: undefined };
  }
  return { answer: { kind: 'value', json: 'null' }, log: `[${label}] failed: ${outcome.message}` };
}

/** A cap is an exception to the script, and told apart from its own errors, so that an uncaught one ends the run resumable. */
export function answerOfRefusal(refusal: Refusal): Answer {
  return { kind: 'error', name: 'Error', message: refusal.message, cap: true };
}

export function thrown(name: string, message: string): Answer {
  return { kind: 'error', name, message, cap: false };
}
