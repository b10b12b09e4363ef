/** Sums of tokens, in the API's kinds, and the shape in which events and session files name them. */
import type { JsonObject } from '../../core/json.ts';
import type { ApiUsage } from '../api/model.ts';

export const NO_TOKENS: ApiUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

export function sumOf(a: ApiUsage, b: ApiUsage): ApiUsage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    webSearches: (a.webSearches ?? 0) + (b.webSearches ?? 0),
    ...(a.isUncounted === true || b.isUncounted === true ? { isUncounted: true } : {}),
  };
}

/** What the model was shown: the caches are part of it. */
export function promptTokens(usage: ApiUsage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
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
