/**
 * The models, as of 2026-11-22: limits, and list prices in US dollars a million tokens.
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

/** As a model, not as an id: of whichever provider, dated or not. */
export function modelFacts(id: string): ModelFacts {
  const name = plainName(id);
  return Object.hasOwn(MODELS, name) ? (MODELS[name] ?? UNKNOWN_MODEL) : UNKNOWN_MODEL;
}

/** An id of Anthropic's own API that is in the table, with its date or without. */
export function isKnownModel(id: string): boolean {
  return Object.hasOwn(MODELS, id.replace(/-\d{8}$/, ''));
}

const DATE = /[-@]\d{8}$/;

/**
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `claude-sonnet-4-5@20250929` and the last part of a resource's name
 * (`arn:…:inference-profile/eu.anthropic.claude-…`) are the same model; what a made-up name stands for nobody knows.
 */
export function plainName(id: string): string {
  const last = id.startsWith('arn:') ? id.slice(id.lastIndexOf('/') + 1) : id;
  const bedrock = /^(?:[a-z-]+\.)?anthropic\.(claude-.+?)(?:-v\d+(?::\d+)?)?$/.exec(last)?.[1];
  return (bedrock ?? last).replace(DATE, '');
}
