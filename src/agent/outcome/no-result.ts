/** Why there is no `result` event: the stream's and the process's end read together. */
import type { FailureReason } from '../../core/outcome.ts';
import type { AgentFacts, ProcessEnd } from './agent-facts.ts';
import { lastWords, quoted } from './quote.ts';

export interface NoResult {
  readonly reason: FailureReason;
  readonly message: string;
}

/** A program that catches a signal to tidy up exits with 128 and the signal's number: the real one does for HUP and TERM. */
const SIGNAL_OF_EXIT: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  137: 'SIGKILL',
  143: 'SIGTERM',
};

export function noResult(facts: AgentFacts, end: ProcessEnd): NoResult {
  if (facts.endedBy?.kind === 'grace') return closedOutput(facts);
  if (facts.saidInterrupted) return interrupted('before its result');
  const signal = signalOf(end);
  if (signal !== undefined) return { reason: 'killed', message: killedMessage(signal) };
  if (facts.tooLongLines > 0) return tooLarge(facts);
  const status = end.kind === 'exited' ? `exited with status ${end.code}` : 'ended';
  const message = `the agent program ${status} without a result event${strangeOutput(facts)}${lastWords(facts.stderrTail)}`;
  return { reason: 'no-result', message };
}

export function interrupted(when: string): NoResult {
  return {
    reason: 'interrupted',
    message: `the agent was interrupted ${when} by a SIGINT that was not andwait's`,
  };
}

function closedOutput(facts: AgentFacts): NoResult {
  if (facts.tooLongLines > 0) return tooLarge(facts);
  return {
    reason: 'no-result',
    message: `the agent program closed its output without a result event and went on running, so it was ended${strangeOutput(facts)}${lastWords(facts.stderrTail)}`,
  };
}

function tooLarge({ tooLongLines }: AgentFacts): NoResult {
  const lines = tooLongLines === 1 ? 'a line' : `${tooLongLines} lines`;
  const message = `no result could be read: ${lines} of the agent's output were larger than andwait keeps; ask for a file instead of a long answer`;
  return { reason: 'too-large', message };
}

function killedMessage(signal: string): string {
  const hint =
    signal === 'SIGKILL' ? '; often that is the kernel when memory ran out: try fewer agents at once' : '';
  return `${signal} ended the agent before its result, and the signal was not andwait's${hint}`;
}

function signalOf(end: ProcessEnd): string | undefined {
  if (end.kind === 'signalled') return end.signal;
  return end.kind === 'exited' ? SIGNAL_OF_EXIT[end.code] : undefined;
}

/** Lines that are no JSON are the mark of another program under the agent's name. */
function strangeOutput({ malformedLines, malformedStart }: AgentFacts): string {
  if (malformedLines === 0) return '';
  const lines = malformedLines === 1 ? '1 line' : `${malformedLines} lines`;
  return `; ${lines} of its output were not stream-json, the first begins ${quoted(malformedStart ?? '')}`;
}
