/** What comes over a run from outside: why it, or a call of it, is to end, and what became of it when somebody took hold of it. */
import type { Refusal } from '../../core/ports.ts';
import type { RunHeld, RunPause, Steerer } from '../../core/run.ts';

export type StopReason =
  /** Somebody stopped the run. */
  | { readonly kind: 'stopped' }
  /** The run cannot go on now, through no fault of its own. */
  | { readonly kind: 'paused'; readonly pause: RunPause }
  /** A cap was reached that stops what runs. */
  | { readonly kind: 'capped'; readonly refusal: Refusal }
  /** Somebody had this call passed over. */
  | { readonly kind: 'skipped'; readonly by: Steerer }
  /** Somebody wants this call anew. */
  | { readonly kind: 'retry'; readonly by: Steerer };

/** What such a call came to. */
export function skippedText({ user }: Steerer): string {
  return `skipped by ${user}`;
}

/** A run after somebody took hold of it. */
export interface SteerEffect {
  /** `false`: it was so already. */
  readonly changed: boolean;
  /** Its calls with an agent, and those without. */
  readonly running: number;
  readonly waiting: number;
  readonly held: RunHeld | null;
}
