/** With the caps that a run ran into, it would stop where it stopped: the flags that let it go on. */
import type { RunCaps } from '../core/run.ts';

export function largerCaps({ agents, outputTokens, costUsd }: RunCaps): string {
  const tokens = outputTokens === null ? '' : ` --budget-tokens ${2 * outputTokens}`;
  const dollars = costUsd === null || costUsd === undefined ? '' : ` --max-cost ${2 * costUsd}`;
  return ` --max-agents ${2 * agents}${tokens}${dollars}`;
}
