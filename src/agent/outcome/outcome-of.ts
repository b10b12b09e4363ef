/** What an agent amounts to, folded from facts alone: the one place that decides between a reply and each kind of failure. */
import type { JsonObject } from '../../core/json.ts';
import {
  type Failure,
  type FailureReason,
  failure,
  type Outcome,
  stoppedMidway,
} from '../../core/outcome.ts';
import { accountOf } from './account-of.ts';
import type { AgentFacts, ProcessEnd } from './agent-facts.ts';
import { textOf } from './event-field.ts';
import { noResult } from './no-result.ts';
import { lastWords, quoted } from './quote.ts';
import { resultFailure } from './result-failure.ts';

export function outcomeOf(facts: AgentFacts): Outcome {
  const { result, end, endedBy } = facts;
  if (endedBy?.kind === 'stopped') return failed(facts, 'stopped', stoppedMidway().message);
  if (end.kind === 'not-started') {
    return failed(facts, end.isTooLarge === true ? 'too-large' : 'spawn-failed', end.message);
  }
  if (endedBy?.kind === 'timeout') return failed(facts, 'timeout', timeoutMessage(endedBy.limitMs));
  if (endedBy?.kind === 'idle') return failed(facts, 'idle', idleMessage(endedBy.limitMs));
  if (result === undefined) {
    const { reason, message } = noResult(facts, end);
    return failed(facts, reason, message);
  }
  // Anything but a plain `false` is no success: the exit status alone does not tell (SIGINT ends with 0).
  if (result['is_error'] !== false) {
    const { reason, message, apiStatus } = resultFailure(result);
    return failed(facts, reason, message, apiStatus);
  }
  // What our own signal made of the exit status says nothing about the agent.
  return (endedBy === undefined ? badEnd(facts, end) : undefined) ?? replyOf(facts, result);
}

function badEnd(facts: AgentFacts, end: ProcessEnd): Failure | undefined {
  if (end.kind === 'signalled') {
    return failed(
      facts,
      'killed',
      `${end.signal} ended the agent after its result, and the signal was not andwait's`,
    );
  }
  if (end.kind === 'exited' && end.code !== 0) {
    return failed(
      facts,
      'exit',
      `the agent gave a result, then exited with status ${end.code}${lastWords(facts.stderrTail)}`,
    );
  }
  return undefined;
}

function replyOf(facts: AgentFacts, result: JsonObject): Outcome {
  const text = textOf(result['result']) ?? facts.lastText ?? '';
  const structured = result['structured_output'] ?? undefined;
  if (facts.wantsStructured && structured === undefined) {
    const message = `the agent ended without a value for the call's schema; it said ${quoted(text)}`;
    return failed(facts, 'schema-never-met', message);
  }
  return {
    kind: 'reply',
    text,
    structured: facts.wantsStructured ? structured : undefined,
    ...accountOf(facts),
  };
}

function failed(facts: AgentFacts, reason: FailureReason, message: string, apiStatus?: number): Failure {
  const text = textOf(facts.result?.['result']) ?? facts.lastText;
  const ran = facts.end.kind !== 'not-started';
  return failure(reason, message, {
    ...accountOf(facts),
    // Only a result tells what was spent.
    ...(facts.result === undefined && ran ? { unmetered: true } : {}),
    apiStatus,
    text: reason === 'schema-never-met' ? insteadOfValue(text, facts.lastValue) : text,
    stderrTail: facts.stderrTail === '' ? undefined : facts.stderrTail,
  });
}

/** Of a longer one the transcript has the whole. */
const KEPT_CHARACTERS = 65_536;

/** What it said, and what it handed over: paid for, and perhaps almost right. */
function insteadOfValue(text: string | undefined, value: string | undefined): string | undefined {
  const whole = [text, value].filter((part) => part !== undefined && part !== '').join('\n');
  if (whole === '') return undefined;
  if (whole.length <= KEPT_CHARACTERS) return whole;
  return `${whole.slice(0, KEPT_CHARACTERS)}… (${whole.length} characters; the transcript has them all)`;
}

function timeoutMessage(limitMs: number): string {
  return `no result within the time limit of ${limitMs / 1000} s: raise the limit, or ask for less in one call`;
}

function idleMessage(limitMs: number): string {
  return `nothing came from it for ${limitMs / 1000} s, and no tool of its ran meanwhile, so it was ended; --idle-timeout sets how long it may be silent`;
}
