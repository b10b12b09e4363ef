import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { type RehearsalRequest, rehearsalEvents } from '../../../../src/print/rehearsal/rehearsal-events.ts';

const IDS = { sessionId: 's-1', cwd: '/somewhere' };

function eventsFor(differs: Partial<RehearsalRequest> = {}): JsonObject[] {
  return rehearsalEvents(
    { prompt: 'Find the bug', schema: undefined, model: 'opus', key: 'k', occurrence: 1, ...differs },
    IDS,
  );
}

const SCHEMA: JsonObject = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

test('a text: init, message, result', () => {
  expect(eventsFor()).toMatchObject([
    { type: 'system', subtype: 'init', session_id: 's-1', cwd: '/somewhere', model: 'rehearsal', tools: [] },
    {
      type: 'assistant',
      message: {
        content: [{ type: 'text', text: 'An answer to “Find the bug” (rehearsal)' }],
        stop_reason: 'end_turn',
      },
    },
    {
      type: 'result',
      subtype: 'success',
      is_error: false,
      num_turns: 1,
      result: 'An answer to “Find the bug” (rehearsal)',
    },
  ]);
});

test('a value: as a model hands one over', () => {
  const events = eventsFor({ schema: SCHEMA });
  expect(events.map(({ type }) => type)).toEqual(['system', 'assistant', 'user', 'result']);
  const value = events[3]?.['structured_output'];
  expect(value).toEqual({ n: expect.any(Number) });
  expect(events[0]).toMatchObject({ tools: ['StructuredOutput'] });
  expect(events[1]).toMatchObject({
    message: { content: [{ type: 'tool_use', name: 'StructuredOutput', input: value }] },
  });
  expect(events[3]).toMatchObject({ is_error: false, num_turns: 2, result: JSON.stringify(value) });
});

test('a schema that has no value: a failed result, and no value', () => {
  const events = eventsFor({ schema: { type: 'object', not: {} } });
  expect(events.map(({ type }) => type)).toEqual(['system', 'result']);
  expect(events[1]).toMatchObject({
    is_error: true,
    subtype: 'error_max_structured_output_retries',
    errors: [expect.stringContaining('found no value for this schema')],
  });
  expect(events[1]).not.toHaveProperty('structured_output');
});

test('nothing is claimed to have been paid', () => {
  const prompt = 'x'.repeat(400);
  expect(eventsFor({ prompt }).at(-1)).toMatchObject({
    total_cost_usd: 0,
    usage: { input_tokens: 100 },
    modelUsage: { rehearsal: { inputTokens: 100, costUSD: 0 } },
  });
});

describe('the same call gives the same events', () => {
  test('byte for byte', () => {
    expect(JSON.stringify(eventsFor({ schema: SCHEMA }))).toBe(JSON.stringify(eventsFor({ schema: SCHEMA })));
  });

  test('every event has a name of its own', () => {
    const names = eventsFor({ schema: SCHEMA }).map(({ uuid }) => uuid);
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

test.each([
  ['', 'An answer to an empty prompt (rehearsal)'],
  [
    'one two three four five six seven eight nine ten',
    'An answer to “one two three four five six seven eight …” (rehearsal)',
  ],
  ['a\n\n  b', 'An answer to “a b” (rehearsal)'],
])('the text shows the first words of %j', (prompt, text) => {
  expect(eventsFor({ prompt }).at(-1)).toMatchObject({ result: text });
});
