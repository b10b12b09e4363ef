/** What a session has used: tokens as the API bills them, per model, and their price where it is known. */
import type { JsonObject } from '../core/json.ts';
import type { ApiUsage } from './api/model.ts';
import { modelFacts, type TokenPrices } from './models.ts';

interface ModelAccount {
  readonly usage: ApiUsage;
  /** `null` once a request had no known price. */
  readonly costUsd: number | null;
}

const NOTHING: ApiUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

export class Account {
  readonly #models = new Map<string, ModelAccount>();
  #apiMs = 0;

  /** One request. Priced by itself: the price may depend on how long its prompt was. */
  add(model: string, usage: ApiUsage): void {
    const before = this.#models.get(model) ?? { usage: NOTHING, costUsd: 0 };
    const price = costOf(model, usage);
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

  get usage(): JsonObject {
    return usageFields([...this.#models.values()].map(({ usage }) => usage).reduce(sum, NOTHING));
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
          costUSD: costUsd,
          maxOutputTokens: modelFacts(model).maxOutputTokens,
        },
      ]),
    );
  }
}

/** As the API itself writes usage: the shape inside `message.usage` and `result.usage`. */
export function usageFields(usage: ApiUsage): JsonObject {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5m,
      ephemeral_1h_input_tokens: usage.cacheWrite1h,
    },
  };
}

function costOf(model: string, usage: ApiUsage): number | null {
  const facts = modelFacts(model);
  const { longPrompt } = facts;
  const promptTokens = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  const prices =
    longPrompt !== undefined && promptTokens > longPrompt.aboveTokens ? longPrompt.prices : facts.prices;
  return prices === undefined ? null : dollars(usage, prices);
}

function dollars(usage: ApiUsage, prices: TokenPrices): number {
  const perMillion =
    usage.input * prices.input +
    usage.output * prices.output +
    usage.cacheRead * prices.cacheRead +
    usage.cacheWrite5m * prices.cacheWrite5m +
    usage.cacheWrite1h * prices.cacheWrite1h;
  return perMillion / 1e6;
}

function sum(a: ApiUsage, b: ApiUsage): ApiUsage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
  };
}
