/** Asks again what may work the next time: after a pause that grows, or as long as the API says, each announced beforehand. */
import type { Clock } from '../../core/ports.ts';
import type { ApiRetry } from '../../wire/events/event-writer.ts';
import type { ApiFailure, ApiUsage, Model, ModelAnswer, ModelRequest, PieceListener } from './model.ts';

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** Attempts after the first; `undefined` is as many as the real program makes. */
  readonly maxRetries?: number | undefined;
  /** Told before each pause. */
  readonly announce: (retry: ApiRetry) => Promise<void>;
  /** Told of each attempt that failed, the last one and one that was interrupted included. */
  readonly onFailure: (failure: ApiFailure) => void;
  /** Asked before each further attempt, since those that failed may be billed. */
  readonly mayGoOn?: () => boolean;
  readonly onPiece?: PieceListener | undefined;
  /** There is another model to go on with: an overloaded one is not asked ten times. */
  readonly hasFallback?: boolean;
}

/** Measured, like the pauses: half a second, doubled each time up to 32 s, and up to a quarter more by chance. */
const MAX_RETRIES = 10;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 32_000;
const JITTER = 0.25;

/** An API that asks for more is out of quota: whoever started us can wait better, without holding a slot meanwhile. */
const LONGEST_WAIT_MS = 300_000;

/** Measured: an overloaded model is asked so often before the next one is. */
const OVERLOADS_BEFORE_FALLBACK = 3;

export const OVERLOADED = 'overloaded';

/** The reply, or the failure that no further attempt was made for. */
export async function answerWithRetries(
  model: Model,
  request: ModelRequest,
  deps: RetryDeps,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  let overloads = 0;
  const maxRetries = deps.maxRetries ?? MAX_RETRIES;
  for (let attempt = 1; ; attempt++) {
    const answer = await model.answer(request, signal, deps.onPiece, (billed) =>
      deps.onFailure(abandoned(billed)),
    );
    if (answer.kind === 'reply') return answer;
    deps.onFailure(answer);
    if (!answer.isRetryable || attempt > maxRetries || deps.mayGoOn?.() === false) return answer;
    overloads = answer.word === OVERLOADED ? overloads + 1 : 0;
    if (deps.hasFallback === true && overloads >= OVERLOADS_BEFORE_FALLBACK) return answer;
    if ((answer.retryAfterMs ?? 0) > LONGEST_WAIT_MS) return tooLongToWait(answer);
    const delayMs = pauseMs(attempt, answer.retryAfterMs ?? 0, deps.random);
    const { status, word: error } = answer;
    await deps.announce({ attempt, maxRetries, delayMs, status, error });
    await pause(delayMs, deps.clock, signal);
  }
}

/** It was nobody's fault, and it is billed like one that broke off. */
function abandoned(usage: ApiUsage): ApiFailure {
  const message = 'nobody waits for the answer any more';
  return {
    kind: 'failure',
    status: null,
    type: undefined,
    word: 'unknown',
    message,
    isRetryable: false,
    retryAfterMs: undefined,
    usage,
  };
}

function pauseMs(attempt: number, retryAfterMs: number, random: () => number): number {
  const backoffMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), MAX_PAUSE_MS);
  return Math.round(Math.max(backoffMs, retryAfterMs) * (1 + JITTER * random()));
}

function tooLongToWait(failure: ApiFailure): ApiFailure {
  const seconds = Math.round((failure.retryAfterMs ?? 0) / 1000);
  return {
    ...failure,
    message: `${failure.message} (the API asks for a pause of ${seconds} s: not waited for)`,
  };
}

/** Rejects with the signal's reason when that comes first. */
function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
