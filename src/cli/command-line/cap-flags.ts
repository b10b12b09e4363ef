/** The caps of a run, as `run`, `resume`, `exec` and `map` all take them: a run goes on with what is not said anew. */
import { DEFAULT_AGENT_CAP, type RunCaps } from '../../core/run.ts';
import { TEXT } from './flag-kinds.ts';
import { countOf, dollarsOf, spanOf } from './option-values.ts';

/** `group`: the heading in `--help`; `undefined` where there are none. */
export function capFlags<G extends string | undefined>(group: G, agents = `default: ${DEFAULT_AGENT_CAP}`) {
  return {
    concurrency: {
      ...TEXT,
      alias: 'j',
      group,
      describe: 'agents alive at once [default: max(2, min(16, cores - 2))]',
    },
    'max-agents': { ...TEXT, group, describe: `agents over the whole run [${agents}]` },
    'budget-tokens': { ...TEXT, group, describe: 'output tokens over the whole run' },
    'max-cost': { ...TEXT, group, describe: 'US dollars over the whole run, of calls that name a price' },
    'max-time': { ...TEXT, group, describe: 'how long one attempt may take: 90m, 2h30m, or seconds' },
    hard: {
      type: 'boolean',
      group,
      describe: 'stop what runs when a cap is reached; else it may finish, and only nothing new starts',
    },
  } as const;
}

export interface CapFlags {
  readonly concurrency?: string | undefined;
  readonly 'max-agents'?: string | undefined;
  readonly 'budget-tokens'?: string | undefined;
  readonly 'max-cost'?: string | undefined;
  readonly 'max-time'?: string | undefined;
  readonly hard?: boolean | undefined;
}

/** What is said of them, and nothing else. */
export function capsSaid(parsed: CapFlags): Partial<RunCaps> {
  return said({
    concurrency: countOf('--concurrency', parsed.concurrency),
    agents: countOf('--max-agents', parsed['max-agents']),
    outputTokens: countOf('--budget-tokens', parsed['budget-tokens']),
    costUsd: dollarsOf('--max-cost', parsed['max-cost']),
    timeMs: spanOf('--max-time', parsed['max-time']),
    hard: parsed.hard,
  });
}

function said(caps: { readonly [K in keyof RunCaps]-?: RunCaps[K] | undefined }): Partial<RunCaps> {
  return Object.fromEntries(Object.entries(caps).filter(([, value]) => value !== undefined));
}
