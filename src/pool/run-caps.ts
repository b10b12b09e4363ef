/** The limits of one run, and the words in which each warns and refuses: which cap, how large it is, what raises it. */
import type { Refusal } from '../core/ports.ts';
import type { CapName, RunCaps, RunPause } from '../core/run.ts';

/** What a run may spend, and has spent so far. */
export interface Spending {
  readonly caps: RunCaps;
  /** Calls asked for in this attempt. */
  readonly calls: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** What the dearest agent so far came to, in tokens and in dollars. */
  readonly dearest: { readonly outputTokens: number; readonly costUsd: number };
  /** One for each call that runs: it has told nothing yet. */
  readonly startedAt: { readonly size: number };
}

export interface CapWarning {
  readonly cap: CapName;
  readonly message: string;
}

/** Of a cap, used up when its warning is due. */
export const WARN_SHARE = 0.8;

export function agentCap({ caps: { agents }, calls }: Spending): Refusal | undefined {
  if (calls < agents) return undefined;
  const message = `agent() refused: the run has started ${agents} agents, its cap (--max-agents ${agents}); raise it to go on`;
  return { kind: 'refused', cap: 'agents', message, raise: `--max-agents ${2 * agents}` };
}

export function budgetCap(spending: Spending): Refusal | undefined {
  return tokenCap(spending) ?? costCap(spending);
}

function costCap(spending: Spending): Refusal | undefined {
  const { caps, costUsd: spent, dearest } = spending;
  const limit = caps.costUsd ?? null;
  if (limit === null || spent < limit) return undefined;
  const expected = spent + stillRunning(spending) * dearest.costUsd;
  const message = `agent() refused: the run has cost $${spent.toFixed(2)} of the $${limit} it may (--max-cost); raise it to go on`;
  return { kind: 'refused', cap: 'cost', message, raise: `--max-cost ${inCents(2 * expected)}` };
}

function tokenCap(spending: Spending): Refusal | undefined {
  const { caps, outputTokens: spent, dearest } = spending;
  const limit = caps.outputTokens;
  if (limit === null || spent < limit) return undefined;
  const expected = spent + stillRunning(spending) * dearest.outputTokens;
  const message = `agent() refused: the run has spent ${spent} output tokens of its budget of ${limit} (--budget-tokens); raise it to go on`;
  return { kind: 'refused', cap: 'tokens', message, raise: `--budget-tokens ${2 * expected}` };
}

/** They go on to spend when a cap refuses: what allowed twice what was spent by then might be used up before it is typed. */
function stillRunning({ caps: { hard }, startedAt }: Spending): number {
  return hard ? 0 : startedAt.size;
}

/** What a single agent may spend at most; `undefined` where a cap only bars the next one, and what runs may finish. */
export function agentBudget({ caps: { hard, costUsd }, costUsd: spent }: Spending): number | undefined {
  return hard && typeof costUsd === 'number' ? costUsd - spent : undefined;
}

/** Up, so that it is more than was spent. */
function inCents(dollars: number): number {
  return Math.ceil(dollars * 100) / 100;
}

/** What wants saying before a cap refuses, or when one is passed at a bound. Agents that are just as many as they may be are no trouble yet. */
export function capWarnings({ caps, calls, outputTokens, costUsd }: Spending): CapWarning[] {
  const { agents, outputTokens: tokenLimit, costUsd: costLimit = null } = caps;
  const warnings: CapWarning[] = [];
  if (calls < agents && isNear(calls, agents)) {
    warnings.push(warning('agents', `${calls} of the ${agents} agents it may have (--max-agents)`));
  }
  if (tokenLimit !== null && isNear(outputTokens, tokenLimit)) {
    const told = `${outputTokens} of its ${tokenLimit} output tokens (--budget-tokens)`;
    warnings.push(warning('tokens', told));
  }
  if (costLimit !== null && isNear(costUsd, costLimit)) {
    warnings.push(warning('cost', `$${costUsd.toFixed(2)} of the $${costLimit} it may cost (--max-cost)`));
  }
  return warnings;
}

function isNear(used: number, limit: number): boolean {
  return used >= WARN_SHARE * limit;
}

function warning(cap: CapName, told: string): CapWarning {
  return { cap, message: `the run has used ${told}` };
}

/** The time of an attempt is over. */
export function timePause({ timeMs, hard }: RunCaps): RunPause {
  const how = hard ? 'what ran was stopped' : 'what ran has finished';
  const message = `the ${timeWords(timeMs ?? 0)} of this attempt (--max-time) are over, and ${how}; resumed, it has as much again`;
  return { cause: 'time', resetAt: null, message };
}

export function timeWarning({ timeMs }: RunCaps, leftMs: number): string {
  return `the run has ${timeWords(leftMs)} left of its ${timeWords(timeMs ?? 0)} (--max-time)`;
}

/** As the flag takes it: `1h30m`, `45s`. */
function timeWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
}
