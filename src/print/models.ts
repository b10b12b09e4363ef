/**
 * The models, as of 2026-11-22: what an alias stands for, limits, and list prices in US dollars a million tokens.
 * Measured on the real program (2.1.330), which named the cost of a thousand tokens of each kind for each model.
 * A model that is not here is used as it is asked for and reported without a price, never as free.
 */

export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
}

export interface ModelFacts {
  /** Prompt and answer together. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** The highest effort it takes; `undefined` for models that know no effort. */
  readonly topEffort: 'high' | 'max' | undefined;
  readonly prices: TokenPrices | undefined;
  /** Prices of a request whose prompt, cached tokens included, is longer than this. */
  readonly longPrompt?: { readonly aboveTokens: number; readonly prices: TokenPrices };
}

const ALIASES: Readonly<Record<string, string>> = {
  haiku: 'claude-haiku-5-5',
  sonnet: 'claude-sonnet-5-5',
  opus: 'claude-opus-5-5',
  fable: 'claude-fable-5-2',
};

export const MODEL_ALIASES: readonly string[] = Object.keys(ALIASES);

const DEFAULT_ALIAS = 'opus';

function prices(input: number, output: number, cacheRead: number): TokenPrices {
  return { input, output, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2, cacheRead };
}

const OPUS_4 = prices(5, 25, 0.5);

const CONTEXT = 200_000;
const LONG_CONTEXT = 1_000_000;

const MODELS: Readonly<Record<string, ModelFacts>> = {
  'claude-haiku-5-5': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 128_000,
    topEffort: 'max',
    prices: prices(0.1, 0.5, 0.01),
    longPrompt: { aboveTokens: 100_000, prices: prices(0.5, 2.5, 0.05) },
  },
  'claude-sonnet-5-5': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 128_000,
    topEffort: 'max',
    prices: prices(2, 10, 0.1),
  },
  'claude-opus-5-5': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 128_000,
    topEffort: 'max',
    prices: prices(4, 20, 0.2),
  },
  'claude-fable-5-2': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 128_000,
    topEffort: 'max',
    prices: prices(8, 40, 0.2),
  },
  'claude-fable-5-1': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 64_000,
    topEffort: 'max',
    prices: prices(10, 50, 0.25),
  },
  'claude-fable-5': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 64_000,
    topEffort: 'max',
    prices: prices(10, 50, 1),
  },
  'claude-sonnet-5': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 64_000,
    topEffort: 'max',
    prices: prices(2, 10, 0.2),
  },
  'claude-opus-5': { contextTokens: LONG_CONTEXT, maxOutputTokens: 64_000, topEffort: 'max', prices: OPUS_4 },
  'claude-opus-4-8': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 64_000,
    topEffort: 'max',
    prices: OPUS_4,
  },
  'claude-opus-4-7': {
    contextTokens: LONG_CONTEXT,
    maxOutputTokens: 64_000,
    topEffort: 'max',
    prices: OPUS_4,
  },
  'claude-opus-4-6': { contextTokens: CONTEXT, maxOutputTokens: 64_000, topEffort: 'high', prices: OPUS_4 },
  'claude-opus-4-5': { contextTokens: CONTEXT, maxOutputTokens: 32_000, topEffort: 'high', prices: OPUS_4 },
  'claude-sonnet-4-6': {
    contextTokens: CONTEXT,
    maxOutputTokens: 32_000,
    topEffort: 'high',
    prices: prices(3, 15, 0.3),
  },
  'claude-sonnet-4-5': {
    contextTokens: CONTEXT,
    maxOutputTokens: 32_000,
    topEffort: undefined,
    prices: prices(3, 15, 0.3),
  },
  'claude-haiku-4-5': {
    contextTokens: CONTEXT,
    maxOutputTokens: 32_000,
    topEffort: undefined,
    prices: prices(1, 5, 0.1),
  },
};

/** One search of the API's own search tool: the list price. */
export const WEB_SEARCH_USD = 0.01;

/** A context that is smaller than this says so itself, as soon as it is full. */
const UNKNOWN_MODEL: ModelFacts = {
  contextTokens: LONG_CONTEXT,
  maxOutputTokens: 32_000,
  topEffort: 'max',
  prices: undefined,
};

/** The id to send. `inherit` and nothing at all are the default; `[1m]`, a wish for a longer context, is no part of an id. */
export function modelIdOf(asked: string | undefined): string {
  const name = (asked ?? DEFAULT_ALIAS).replace(/\[1m\]$/, '');
  const alias = name === 'inherit' || name === 'default' || name === '' ? DEFAULT_ALIAS : name;
  return Object.hasOwn(ALIASES, alias) ? (ALIASES[alias] ?? alias) : alias;
}

/** A dated id such as `claude-haiku-4-5-20251001` is the model without the date. */
export function modelFacts(id: string): ModelFacts {
  const name = id.replace(/-\d{8}$/, '');
  return Object.hasOwn(MODELS, name) ? (MODELS[name] ?? UNKNOWN_MODEL) : UNKNOWN_MODEL;
}
