/** What an agent told of its own cost, read defensively: numbers that are no amounts count as nothing told. */
import type { JsonObject } from '../../core/json.ts';
import { type AgentAccount, addUsage, type Denial, NO_USAGE, type Usage } from '../../core/outcome.ts';
import type { StreamFacts } from './agent-facts.ts';
import { amountOf, objectOf, objectsOf, textOf } from './event-field.ts';

export function accountOf({ result, modelsSince, model, sessionId }: StreamFacts): AgentAccount {
  return {
    ...spentBy(result, modelsSince),
    turns: Math.trunc(amountOf(result?.['num_turns']) ?? 0),
    sessionId: textOf(result?.['session_id']) ?? sessionId,
    model,
    denials: objectsOf(result?.['permission_denials']).flatMap(denialOf),
    worktree: undefined,
  };
}

/**
 * A session that goes on counts its earlier lives in its price and in `modelUsage`, which were paid for by other calls.
 * With stream-json each result tells what is new (measured); in the other formats nothing does, and all counts again.
 */
function spentBy(
  result: JsonObject | undefined,
  modelsSince: readonly JsonObject[] | undefined,
): Pick<AgentAccount, 'usage' | 'costUsd'> {
  if (result === undefined) return { usage: NO_USAGE, costUsd: null };
  const costUsd = amountOf(result['total_cost_usd']) ?? null;
  if (modelsSince === undefined) return { usage: usageOf(result), costUsd };
  const used = modelsSince.flatMap((models) => objectsOf(Object.values(models)));
  const costs = used.map((entry) => amountOf(entry['costUSD']));
  return {
    usage: used.map(modelUsage).reduce(addUsage, NO_USAGE),
    costUsd:
      costUsd === null || costs.includes(undefined) ? null : costs.reduce<number>((a, b) => a + (b ?? 0), 0),
  };
}

/**
 * `modelUsage` covers the whole session and every agent that the agent started; `usage` is one turn of the main
 * loop, as the API bills it. Both, in the real program, are there.
 */
function usageOf(result: JsonObject): Usage {
  const models = objectOf(result['modelUsage']);
  const perModel = models ? objectsOf(Object.values(models)) : [];
  return perModel.length > 0
    ? perModel.map(modelUsage).reduce(addUsage, NO_USAGE)
    : turnUsage(objectOf(result['usage']) ?? {});
}

function modelUsage(entry: JsonObject): Usage {
  return {
    inputTokens: amountOf(entry['inputTokens']) ?? 0,
    outputTokens: amountOf(entry['outputTokens']) ?? 0,
    cacheReadTokens: amountOf(entry['cacheReadInputTokens']) ?? 0,
    cacheCreationTokens: amountOf(entry['cacheCreationInputTokens']) ?? 0,
  };
}

/** As the API bills one message, or one turn. */
export function turnUsage(entry: JsonObject): Usage {
  return {
    inputTokens: amountOf(entry['input_tokens']) ?? 0,
    outputTokens: amountOf(entry['output_tokens']) ?? 0,
    cacheReadTokens: amountOf(entry['cache_read_input_tokens']) ?? 0,
    cacheCreationTokens: amountOf(entry['cache_creation_input_tokens']) ?? 0,
  };
}

function denialOf(entry: JsonObject): readonly Denial[] {
  const toolName = textOf(entry['tool_name']);
  if (toolName === undefined) return [];
  return [
    { toolName, toolUseId: textOf(entry['tool_use_id']) ?? '', toolInput: entry['tool_input'] ?? null },
  ];
}
