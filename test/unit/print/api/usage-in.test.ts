import { expect, test } from 'vitest';
import { usageIn } from '../../../../src/print/api/usage-in.ts';

const NOTHING = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, webSearches: 0 };

test('all kinds of tokens', () => {
  const told = {
    input_tokens: 1,
    output_tokens: 2,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 10,
    cache_creation: { ephemeral_5m_input_tokens: 6, ephemeral_1h_input_tokens: 4 },
    server_tool_use: { web_search_requests: 5 },
  };
  expect(usageIn(told)).toEqual({
    ...{ input: 1, output: 2, cacheRead: 3, cacheWrite5m: 6, cacheWrite1h: 4, webSearches: 5 },
  });
});

test('what the API leaves out, or says as null, is none', () => {
  const told = { input_tokens: 1, output_tokens: 2, cache_creation: null, server_tool_use: null };
  expect(usageIn(told)).toEqual({ ...NOTHING, input: 1, output: 2 });
});

test.each([
  [undefined, {}],
  [null, {}],
  [{}, {}],
  [{ input_tokens: 7 }, { input: 7 }],
  [{ input_tokens: 7, output_tokens: -1e9 }, { input: 7 }],
  [{ input_tokens: 'many', output_tokens: 3 }, { output: 3 }],
  [
    { input_tokens: 1, output_tokens: 3, cache_read_input_tokens: -5 },
    { input: 1, output: 3 },
  ],
])('%j leaves open what was spent', (told, known) => {
  expect(usageIn(told)).toEqual({ ...NOTHING, ...known, isUncounted: true });
});
