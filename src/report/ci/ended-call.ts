/** A call as machines are told of it: test reports, annotations, job logs. */
import type { Outcome } from '../../core/outcome.ts';

export interface EndedCall {
  readonly call: number;
  readonly label: string;
  readonly phase: string | undefined;
  readonly workflow: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** `undefined`: it had not settled when the run ended. */
  readonly outcome: Outcome | undefined;
  readonly durationMs: number;
  readonly replayed: boolean;
}

export type CallVerdict = 'passed' | 'failed' | 'skipped';

/** What was stopped, passed over or never came to its end is no fault of its own. */
export function verdictOf({ outcome }: EndedCall): CallVerdict {
  if (outcome === undefined) return 'skipped';
  if (outcome.kind === 'reply') return 'passed';
  return outcome.reason === 'stopped' || outcome.reason === 'skipped' ? 'skipped' : 'failed';
}

/** Child workflow and phase, as they nest; `undefined` outside of both. */
export function placeOf({ workflow, phase }: EndedCall): string | undefined {
  return workflow === undefined ? phase : phase === undefined ? workflow : `${workflow} / ${phase}`;
}
