/** The limits of one run, and the words in which each refuses: which cap, how large it is, what raises it. */
import type { Refusal } from '../core/ports.ts';
import type { RunCaps } from '../core/run.ts';

/** What a run may spend, and has spent so far. */
export interface Spending {
  readonly caps: RunCaps;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export function agentCap(agents: number): Refusal {
  const message = `agent() refused: the run has started ${agents} agents, its cap (--max-agents ${agents}); raise it to go on`;
  return { kind: 'refused', cap: 'agents', message };
}

export function budgetCap(state: Spending): Refusal | undefined {
  return tokenCap(state) ?? costCap(state);
}

function costCap({ caps, costUsd: spent }: Spending): Refusal | undefined {
  const limit = caps.costUsd ?? null;
  if (limit === null || spent < limit) return undefined;
  const message = `agent() refused: the run has cost $${spent.toFixed(2)} of the $${limit} it may (--max-cost); raise it to go on`;
  return { kind: 'refused', cap: 'cost', message };
}

function tokenCap(state: Spending): Refusal | undefined {
  const { outputTokens } = state.caps;
  if (outputTokens === null || state.outputTokens < outputTokens) return undefined;
  const message = `agent() refused: the run has spent ${state.outputTokens} output tokens of its budget of ${outputTokens} (--budget-tokens); raise it to go on`;
  return { kind: 'refused', cap: 'tokens', message };
}
