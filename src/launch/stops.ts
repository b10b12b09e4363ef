/** How whoever began a run asks it to end: once, and a second time by somebody who does not want to wait. */

export interface Stops {
  /** Aborted by the first: nothing new starts, agents are asked to end. */
  readonly signal: AbortSignal;
  /** Aborted by the second: who asks twice does not want to wait for an agent that takes its time. */
  readonly hurry: AbortSignal;
}
