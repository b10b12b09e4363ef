/** What a session has cost, as a line of its file: the real program's line, which it writes as it ends and reads as it goes on. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type AccountState, costOf, type ModelAccount } from '../models/account.ts';
import { modelFacts } from '../models/models.ts';

const TYPE = 'cost-state';

export function costLine({ models, apiMs }: AccountState, sessionId: string): JsonObject {
  const total = costOf(models);
  return {
    type: TYPE,
    sessionId,
    // A number, since the real program adds to it; the models say for what part of it there is no price.
    totalCostUSD: total ?? costOf(new Map([...models].filter(([, { costUsd }]) => costUsd !== null))),
    totalAPIDuration: Math.round(apiMs),
    // Not counted here; the real program passes over a line without them.
    totalAPIDurationWithoutRetries: Math.round(apiMs),
    totalToolDuration: 0,
    totalLinesAdded: 0,
    totalLinesRemoved: 0,
    totalDuration: Math.round(apiMs),
    startTime: 0,
    modelUsage: Object.fromEntries([...models].map(([model, account]) => [model, fieldsOf(account)])),
    hasUnknownModelCost: total === null,
  };
}

function fieldsOf({ usage, costUsd }: ModelAccount): JsonObject {
  return {
    inputTokens: usage.input,
    outputTokens: usage.output,
    thinkingTokens: 0,
    cacheReadInputTokens: usage.cacheRead,
    cacheCreationInputTokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cacheCreationEphemeral5mInputTokens: usage.cacheWrite5m,
    cacheCreationEphemeral1hInputTokens: usage.cacheWrite1h,
    webSearchRequests: usage.webSearches ?? 0,
    costUSD: costUsd,
  };
}

/** `undefined` for every other line. */
export function costIn(line: JsonObject): AccountState | undefined {
  const { type, modelUsage, totalAPIDuration, hasUnknownModelCost } = line;
  if (type !== TYPE || !isJsonObject(modelUsage)) return undefined;
  const models = Object.entries(modelUsage).flatMap(([model, fields]) =>
    isJsonObject(fields)
      ? [[model, accountOf(fields, hasUnknownModelCost === true && !isPriced(model))] as const]
      : [],
  );
  return { models: new Map(models), apiMs: numberOf(totalAPIDuration) };
}

function isPriced(model: string): boolean {
  return modelFacts(model).prices !== undefined;
}

/** `isGuessed`: the real program gives every model a price. */
function accountOf(fields: JsonObject, isGuessed: boolean): ModelAccount {
  const written = numberOf(fields['cacheCreationInputTokens']);
  const cacheWrite1h = Math.min(written, numberOf(fields['cacheCreationEphemeral1hInputTokens']));
  const { costUSD } = fields;
  return {
    usage: {
      input: numberOf(fields['inputTokens']),
      output: numberOf(fields['outputTokens']),
      cacheRead: numberOf(fields['cacheReadInputTokens']),
      cacheWrite5m: written - cacheWrite1h,
      cacheWrite1h,
      webSearches: numberOf(fields['webSearchRequests']),
    },
    costUsd: typeof costUSD === 'number' && costUSD >= 0 && !isGuessed ? costUSD : null,
  };
}

function numberOf(value: Json | undefined): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}
