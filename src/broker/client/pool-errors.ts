/** What can go wrong between a client and the pool: it cannot be reached, or it says no. */
import { CallCapped, CallSkipped } from '../../core/ports.ts';
import type { BrokerMessage } from '../../wire/pool/pool-message.ts';
import { type StopReason, skippedText } from '../../wire/pool/run-order.ts';

/** One reason per remedy. */
export type UnreachableReason =
  /** Its folder cannot be had: another user's, open to others, read-only. */
  | 'no-place'
  /** Nobody listens. */
  | 'no-broker'
  /** Somebody listens and does not answer. */
  | 'silent'
  /** It speaks another protocol: end it, then try again. */
  | 'other-version'
  /** It does not take our token. */
  | 'token'
  /** The client was closed. */
  | 'closed';

/** No broker could be reached, so no cap can be kept. The message says what was tried and what to do. */
export class PoolUnreachable extends Error {
  override readonly name = 'PoolUnreachable';
  readonly reason: UnreachableReason;
  constructor(reason: UnreachableReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

type FailedMessage = Extract<BrokerMessage, { readonly type: 'failed' }>;

/** The broker was reached and could not do as asked. */
export class PoolRefusal extends Error {
  override readonly name = 'PoolRefusal';
  readonly reason: FailedMessage['reason'];
  constructor({ reason, message }: FailedMessage) {
    super(message);
    this.reason = reason;
  }
}

/** Somebody had the pool stop the run: a call that waits gets no place any more, one that runs is to end. */
export class StoppedElsewhere extends Error {
  override readonly name = 'StoppedElsewhere';
  readonly why: StopReason;
  constructor(why: StopReason) {
    super(stopWords(why));
    this.why = why;
  }
}

/** What a call is ended with. */
export function stopError(why: StopReason): Error {
  if (why.kind === 'capped') return new CallCapped(why.refusal);
  return why.kind === 'skipped' ? new CallSkipped(stopWords(why)) : new StoppedElsewhere(why);
}

function stopWords(why: StopReason): string {
  switch (why.kind) {
    case 'stopped':
      return 'the run was stopped from elsewhere';
    case 'paused':
      return why.pause.message;
    case 'capped':
      return why.refusal.message;
    case 'skipped':
      return skippedText(why.by);
    case 'retry':
      return `ended to be asked anew, by ${why.by.user}`;
  }
}

/** The same promise; that nobody awaits it is no reason to end the process. */
export function forgivable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
