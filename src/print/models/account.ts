/** What a session has used: tokens as the API bills them, per model, and their price where it is known. */
import type { JsonObject } from '../../core/json.ts';
import type { ApiUsage } from '../api/model.ts';
import type { AgentSpending } from '../workflows/workflow-runner.ts';
import { modelFacts, plainName, type TokenPrices, WEB_SEARCH_USD } from './models.ts';
import type { Prices } from './prices.ts';
import { NO_TOKENS, promptTokens, sumOf, usageFields } from './token-usage.ts';

export interface ModelAccount {
  readonly usage: ApiUsage;
  /** `null` once a request had no known price. */
  readonly costUsd: number | null;
}

/** By model id. */
export type ModelAccounts = ReadonlyMap<string, ModelAccount>;

/** What a session has used up to some moment, its earlier lives included. */
export interface AccountState {
  readonly models: ModelAccounts;
  readonly apiMs: number;
}

/** Of an agent that ended before it named one. */
const NO_MODEL = 'unknown';

const NO_PRICES: Prices = new Map();

export class Account {
  readonly #prices: Prices;
  /** Of this process. */
  #models: ModelAccounts = new Map();
  #sinceResult: ModelAccounts = new Map();
  #turn: ApiUsage = NO_TOKENS;
  #apiMs = 0;
  #earlier: AccountState = { models: new Map(), apiMs: 0 };

  /** `prices` beat the ones we know. */
  constructor(prices: Prices = NO_PRICES) {
    this.#prices = prices;
  }

  /** As measured: cost and models of a session that goes on count its earlier lives, a budget does not. */
  goOnFrom(earlier: AccountState): void {
    this.#earlier = earlier;
  }

  /** As measured: `usage` counts one turn, everything else the whole session. */
  beginTurn(): void {
    this.#turn = NO_TOKENS;
    this.#sinceResult = new Map();
  }

  /** One request. Priced by itself: the price may depend on how long its prompt was. */
  add(model: string, usage: ApiUsage): void {
    this.#turn = sumOf(this.#turn, usage);
    this.addAside(model, usage);
  }

  /** A request that is no part of the conversation. As measured: it is paid for, and `usage` does not count it. */
  addAside(model: string, usage: ApiUsage): void {
    this.#book(model, usage, this.#costOf(model, usage));
  }

  /** What agents cost that worked for this session: of its price, but not of its turn's tokens. */
  addAgents(spent: AgentSpending): void {
    for (const { model = NO_MODEL, usage: told, costUsd } of spent) {
      const usage = {
        ...NO_TOKENS,
        input: told.inputTokens,
        output: told.outputTokens,
        cacheRead: told.cacheReadTokens,
        cacheWrite5m: told.cacheCreationTokens,
      };
      this.#book(model, usage, costUsd ?? this.#costOf(model, usage));
    }
  }

  #book(model: string, usage: ApiUsage, costUsd: number | null): void {
    const used: ModelAccounts = new Map([[model, { usage, costUsd }]]);
    this.#models = together(this.#models, used);
    this.#sinceResult = together(this.#sinceResult, used);
  }

  addApiTime(ms: number): void {
    this.#apiMs += ms;
  }

  get state(): AccountState {
    return { models: together(this.#earlier.models, this.#models), apiMs: this.apiMs };
  }

  get apiMs(): number {
    return this.#earlier.apiMs + this.#apiMs;
  }

  /** `null` when some of it has no known price: part of a price would read as the whole. */
  get costUsd(): number | null {
    return costOf(this.state.models);
  }

  /** Of this process alone: what a budget limits. */
  get spentUsd(): number | null {
    return costOf(this.#models);
  }

  /** Nothing more is to be asked for. Without a price nothing could be promised: that counts as spent, too. */
  hasSpent(limitUsd: number | undefined): boolean {
    const { spentUsd } = this;
    return limitUsd !== undefined && (spentUsd === null || spentUsd >= limitUsd);
  }

  /** Of this turn. */
  get usage(): JsonObject {
    return usageFields(this.#turn);
  }

  hasPriceOf(model: string): boolean {
    return this.#costOf(model, NO_TOKENS) !== null;
  }

  get modelUsage(): JsonObject {
    return modelFields(this.state.models);
  }

  /** Without the session's earlier lives, and without the turns before this one. */
  get modelUsageSinceResult(): JsonObject {
    return modelFields(this.#sinceResult);
  }

  #costOf(model: string, usage: ApiUsage): number | null {
    if (usage.isUncounted === true) return null;
    const own = this.#prices.get(model) ?? this.#prices.get(plainName(model));
    if (own !== undefined) return dollars(usage, own);
    const { longPrompt, prices } = modelFacts(model);
    const isLong = longPrompt !== undefined && promptTokens(usage) > longPrompt.aboveTokens;
    const applied = isLong ? longPrompt.prices : prices;
    return applied === undefined ? null : dollars(usage, applied);
  }
}

function together(a: ModelAccounts, b: ModelAccounts): ModelAccounts {
  const all = new Map(a);
  for (const [model, { usage, costUsd }] of b) {
    const before = all.get(model) ?? { usage: NO_TOKENS, costUsd: 0 };
    all.set(model, { usage: sumOf(before.usage, usage), costUsd: sumOfCosts(before.costUsd, costUsd) });
  }
  return all;
}

export function costOf(models: ModelAccounts): number | null {
  return [...models.values()].map(({ costUsd }) => costUsd).reduce(sumOfCosts, 0);
}

function sumOfCosts(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function modelFields(models: ModelAccounts): JsonObject {
  return Object.fromEntries(
    [...models].map(([model, { usage, costUsd }]) => {
      const { contextTokens, maxOutputTokens } = modelFacts(model);
      return [
        model,
        {
          inputTokens: usage.input,
          outputTokens: usage.output,
          cacheReadInputTokens: usage.cacheRead,
          cacheCreationInputTokens: usage.cacheWrite5m + usage.cacheWrite1h,
          webSearchRequests: usage.webSearches ?? 0,
          costUSD: costUsd,
          contextWindow: contextTokens,
          maxOutputTokens,
        },
      ];
    }),
  );
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
