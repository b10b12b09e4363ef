/** What a session has used: tokens as the API bills them, per model, and their price where it is known. */
import type { JsonObject } from '../core/json.ts';
import type { ApiUsage } from './api/model.ts';
import { modelFacts, type TokenPrices, WEB_SEARCH_USD } from './models.ts';
import type { Prices } from './prices.ts';

interface ModelAccount {
  readonly usage: ApiUsage;
  /** `null` once a request had no known price. */
  readonly costUsd: number | null;
}

const NOTHING: ApiUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

const NO_PRICES: Prices = new Map();

export class Account {
  readonly #models = new Map<string, ModelAccount>();
  readonly #prices: Prices;
  #turn: ApiUsage = NOTHING;
  #apiMs = 0;

  /** `prices` beat the ones we know. */
  constructor(prices: Prices = NO_PRICES) {
    this.#prices = prices;
  }

  /** As measured: `usage` counts one turn, everything else the whole session. */
  beginTurn(): void {
    this.#turn = NOTHING;
  }

  /** One request. Priced by itself: the price may depend on how long its prompt was. */
  add(model: string, usage: ApiUsage): void {
    const before = this.#models.get(model) ?? { usage: NOTHING, costUsd: 0 };
    const price = this.#costOf(model, usage);
    this.#turn = sum(this.#turn, usage);
    this.#models.set(model, {
      usage: sum(before.usage, usage),
      costUsd: before.costUsd === null || price === null ? null : before.costUsd + price,
    });
  }

  addApiTime(ms: number): void {
    this.#apiMs += ms;
  }

  get apiMs(): number {
    return this.#apiMs;
  }

  /** `null` when some of it has no known price: part of a price would read as the whole. */
  get costUsd(): number | null {
    const costs = [...this.#models.values()].map(({ costUsd }) => costUsd);
    return costs.reduce<number | null>(
      (total, cost) => (total === null || cost === null ? null : total + cost),
      0,
    );
  }

  /** Of this turn. */
  get usage(): JsonObject {
    return usageFields(this.#turn);
  }

  hasPriceOf(model: string): boolean {
    return this.#costOf(model, NOTHING) !== null;
  }

  get modelUsage(): JsonObject {
    return Object.fromEntries(
      [...this.#models].map(([model, { usage, costUsd }]) => [
        model,
        {
          inputTokens: usage.input,
          outputTokens: usage.output,
          cacheReadInputTokens: usage.cacheRead,
          cacheCreationInputTokens: usage.cacheWrite5m + usage.cacheWrite1h,
          webSearchRequests: usage.webSearches ?? 0,
          costUSD: costUsd,
          maxOutputTokens: modelFacts(model).maxOutputTokens,
        },
      ]),
    );
  }

  #costOf(model: string, usage: ApiUsage): number | null {
    const own = this.#prices.get(model);
    if (own !== undefined) return dollars(usage, own);
    const { longPrompt, prices } = modelFacts(model);
    const promptTokens = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
    const isLong = longPrompt !== undefined && promptTokens > longPrompt.aboveTokens;
    const applied = isLong ? longPrompt.prices : prices;
    return applied === undefined ? null : dollars(usage, applied);
  }
}

/** As the API itself writes usage: the shape inside `message.usage` and `result.usage`. */
export function usageFields(usage: ApiUsage): JsonObject {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
    server_tool_use: { web_search_requests: usage.webSearches ?? 0 },
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5m,
      ephemeral_1h_input_tokens: usage.cacheWrite1h,
    },
  };
}

function dollars(usage: ApiUsage, prices: TokenPrices): number {
  const perMillion =
    usage.input * prices.input +
    usage.output * prices.output +
    usage.cacheRead * prices.cacheRead +
    usage.cacheWrite5m * prices.cacheWrite5m +
    usage.cacheWrite1h * prices.cacheWrite1h;
  return perMillion / 1e6 + (usage.webSearches ?? 0) * WEB_SEARCH_USD;
}

function sum(a: ApiUsage, b: ApiUsage): ApiUsage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    webSearches: (a.webSearches ?? 0) + (b.webSearches ?? 0),
  };
}
