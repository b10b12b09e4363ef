/** What a recipe's own call amounts to: read from its events where its format has any, else from its exit status alone. */
import type { EndedBy, StreamFacts } from '../agent/outcome/agent-facts.ts';
import { outcomeOf } from '../agent/outcome/outcome-of.ts';
import { quoted } from '../agent/outcome/quote.ts';
import { type Failure, failure, type LegacyEnd, NO_ACCOUNT, type Outcome } from '../core/outcome.ts';
import { CallSkipped } from '../core/ports.ts';
import { isRefusal, isUsageLimit } from '../wire/refusal-words.ts';
import { LimitReached } from './call-limits.ts';
import type { CallEnd } from './shim-program.ts';

export interface LegacyFacts {
  readonly stream: StreamFacts;
  /** Of a text answer. */
  readonly text: string;
  readonly end: CallEnd;
  /** `null`: not recorded whole. */
  readonly stdoutBytes: number | null;
  /** Why we ended it: somebody stopped the run, had it skipped (`CallSkipped`), or it reached a limit (`LimitReached`). `undefined`: it ended by itself. */
  readonly stoppedBy: Error | undefined;
  /** A SIGINT went through us: the real program then ends its turn early and exits with 0. */
  readonly isInterrupted: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Why it could not be started at all. */
  readonly failedStart: string | undefined;
}

export function legacyOutcome(facts: LegacyFacts): Outcome {
  const { end, stdoutBytes, stream } = facts;
  const process: LegacyEnd = {
    exitCode: end.kind === 'exited' ? end.code : null,
    signal: end.kind === 'signalled' ? end.signal : null,
    stdoutBytes,
  };
  if (stream.result === undefined) {
    const ran = facts.failedStart === undefined;
    return { ...unmetered(facts), process, ...(ran ? { unmetered: true } : {}) };
  }
  if (facts.stoppedBy !== undefined) return { ...stoppedOutcome(facts, facts.stoppedBy), process };
  const outcome = outcomeOf({ ...stream, stderrTail: '', end, endedBy: undefined, wantsStructured: false });
  const structured = stream.result['structured_output'] ?? undefined;
  return outcome.kind === 'reply' ? { ...outcome, structured, process } : { ...outcome, process };
}

/** What we ended is no answer, whatever it had said by then. */
function stoppedOutcome({ stream, end }: LegacyFacts, stoppedBy: Error): Outcome {
  const endedBy: EndedBy = stoppedBy instanceof LimitReached ? stoppedBy.endedBy : { kind: 'stopped' };
  const outcome = outcomeOf({ ...stream, stderrTail: '', end, endedBy, wantsStructured: false });
  if (outcome.kind === 'reply' || !(stoppedBy instanceof CallSkipped)) return outcome;
  return { ...outcome, reason: 'skipped', message: stoppedBy.message };
}

function unmetered(facts: LegacyFacts): Outcome {
  const { end, text, stream, stoppedBy, isInterrupted, failedStart } = facts;
  const { sessionId, model, lastText } = stream;
  const account = { ...NO_ACCOUNT, sessionId, model };
  const said = text === '' ? (lastText ?? '') : text;
  const fail = (...[reason, message, more]: Parameters<typeof failure>): Failure =>
    failure(reason, message, { ...account, text: said === '' ? undefined : said, ...more });
  if (failedStart !== undefined) return fail('spawn-failed', failedStart);
  if (stoppedBy !== undefined) {
    const stopped = stoppedOutcome(facts, stoppedBy);
    if (stopped.kind === 'failure') return fail(stopped.reason, stopped.message);
  }
  const signal = signalOf(end);
  if (isInterrupted || signal === 'SIGINT') return fail('interrupted', 'interrupted by a SIGINT');
  if (signal !== undefined) return fail('killed', `${signal} ended the call`);
  if (end.kind === 'exited' && end.code !== 0) {
    // Of a stream that broke off, the last text is the model's: what refuses a stream is its result.
    const status = /^API Error: (\d{3})\b/.exec(text)?.[1];
    if (status !== undefined) return fail('api-error', quoted(said), { apiStatus: Number(status) });
    if (isRefusal(text)) return fail('api-error', quoted(said));
    if (said.startsWith('Error: Reached max turns')) return fail('max-turns', quoted(said));
    return fail('exit', `claude exited with status ${end.code}; its stdout says ${quoted(said)}`);
  }
  if (isUsageLimit(text, facts.now)) return fail('api-error', quoted(said));
  return { kind: 'reply', text: said, structured: undefined, ...account };
}

/** A program that catches a signal to tidy up exits with 128 and the signal's number. */
const SIGNAL_OF_EXIT: Readonly<Record<number, NodeJS.Signals>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  137: 'SIGKILL',
  143: 'SIGTERM',
};

function signalOf(end: CallEnd): NodeJS.Signals | undefined {
  return end.kind === 'signalled' ? end.signal : SIGNAL_OF_EXIT[end.code];
}
