/** Tokens as an answer tells of them. A gateway may count nothing, or nonsense: then what was spent is not known, and is not nothing. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { ApiUsage } from './model.ts';

export function usageIn(told: unknown): ApiUsage {
  const usage = objectIn(told);
  const input = countIn(usage['input_tokens']);
  const output = countIn(usage['output_tokens']);
  const optional = ['cache_read_input_tokens', 'cache_creation_input_tokens'].map((name) =>
    countIn(usage[name] ?? 0),
  );
  const [cacheRead = 0, written = 0] = optional;
  // An API that does not say for how long it caches caches for 5 minutes: that is what was asked for.
  const cacheWrite1h = countIn(objectIn(usage['cache_creation'])['ephemeral_1h_input_tokens'] ?? 0) ?? 0;
  const isCounted = [input, output, ...optional].every((count) => count !== undefined);
  return {
    input: input ?? 0,
    output: output ?? 0,
    cacheRead,
    cacheWrite5m: Math.max(0, written - cacheWrite1h),
    cacheWrite1h,
    webSearches: countIn(objectIn(usage['server_tool_use'])['web_search_requests'] ?? 0) ?? 0,
    ...(isCounted ? {} : { isUncounted: true }),
  };
}

function countIn(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function objectIn(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
