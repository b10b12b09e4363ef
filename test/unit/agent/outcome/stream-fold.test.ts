import { describe, expect, test } from 'vitest';
import { activityOf } from '../../../../src/agent/outcome/activity-of.ts';
import { outcomeOfEvents } from '../../../../src/agent/outcome/outcome-of-events.ts';
import { StreamFold } from '../../../../src/agent/outcome/stream-fold.ts';
import type { JsonObject } from '../../../../src/core/json.ts';

const INIT = { type: 'system', subtype: 'init', session_id: 's', model: 'm' };
const RESULT = { type: 'result', is_error: false, result: 'done' };
const said = (text: string, over: JsonObject = {}) => ({
  type: 'assistant',
  message: { content: [{ type: 'text', text }] },
  ...over,
});
const handed = (input: JsonObject) => ({
  type: 'assistant',
  message: { content: [{ type: 'tool_use', id: 't', name: 'StructuredOutput', input }] },
});
const userSays = (text: string) => ({ type: 'user', message: { content: [{ type: 'text', text }] } });
const tasks = (...list: readonly JsonObject[]) => ({
  type: 'system',
  subtype: 'background_tasks_changed',
  tasks: list,
});

function folded(...events: readonly JsonObject[]): StreamFold {
  const fold = new StreamFold();
  for (const event of events) fold.add({ kind: 'event', event });
  return fold;
}

test('facts of an ordinary stream', () => {
  expect(folded(INIT, said('hm'), said('well'), RESULT).facts()).toMatchObject({
    result: RESULT,
    model: 'm',
    sessionId: 's',
    lastText: 'well',
    saidInterrupted: false,
    malformedLines: 0,
    tooLongLines: 0,
  });
});

test('of several results the last one counts', () => {
  expect(folded(RESULT, { ...RESULT, result: 'later' }).facts().result).toMatchObject({ result: 'later' });
});

test('the last value that was handed over, accepted or not', () => {
  const { lastValue } = folded(handed({ n: 1 }), handed({ n: 'x' }), said('sorry')).facts();
  expect(lastValue).toBe('{"n":"x"}');
});

test('what an agent of the agent says is not its own text', () => {
  expect(folded(said('mine'), said('its', { parent_tool_use_id: 'toolu_1' })).facts().lastText).toBe('mine');
});

test.each([
  ['in a message', userSays('[Request interrupted by user]'), true],
  ['in a tool', userSays('[Request interrupted by user for tool use]'), true],
  ['words like it', userSays('was the [Request interrupted by user]?'), false],
])('interruption: %s', (_name, event, expected) => {
  expect(folded(INIT, event).facts().saidInterrupted).toBe(expected);
});

test('bad lines are counted, the first is quoted', () => {
  const fold = new StreamFold();
  fold.add({ kind: 'malformed', bytes: 4, start: 'oops' });
  fold.add({ kind: 'malformed', bytes: 4, start: 'more' });
  fold.add({ kind: 'too-long', bytes: 10 });
  expect(fold.facts()).toMatchObject({ malformedLines: 2, malformedStart: 'oops', tooLongLines: 1 });
});

describe('stage', () => {
  test.each<readonly [string, readonly JsonObject[], StreamFold['stage']]>([
    ['nothing yet', [], 'before-result'],
    ['at work', [INIT, said('hm')], 'before-result'],
    ['through', [INIT, RESULT], 'after-result'],
    [
      'through, with an afterword',
      [INIT, RESULT, { type: 'system', subtype: 'hook' }, said('bye')],
      'after-result',
    ],
    ['waiting for a background command', [tasks({ task_id: 'b' }), RESULT], 'between-results'],
    ['a command that starts late', [RESULT, tasks({ task_id: 'b' })], 'between-results'],
    ['the command has ended', [tasks({ task_id: 'b' }), RESULT, tasks()], 'after-result'],
    ['another turn has begun', [INIT, RESULT, INIT], 'between-results'],
    ['another turn has ended', [INIT, RESULT, INIT, RESULT], 'after-result'],
    [
      'a list of tasks that is none',
      [RESULT, { type: 'system', subtype: 'background_tasks_changed', tasks: 'b' }],
      'after-result',
    ],
  ])('%s', (_name, events, stage) => {
    expect(folded(...events).stage).toBe(stage);
  });
});

test.each<readonly [string, JsonObject]>([
  ['no message', { type: 'assistant' }],
  ['a message that is text', { type: 'assistant', message: 'x' }],
  ['content that is a number', { type: 'assistant', message: { content: 7 } }],
  [
    'odd blocks',
    { type: 'assistant', message: { content: [null, 3, 'x', { type: 'text' }, { type: 'text', text: 9 }] } },
  ],
  ['an init without fields', { type: 'system', subtype: 'init', model: 7, session_id: null }],
  ['a retry without fields', { type: 'system', subtype: 'api_retry', attempt: 'x' }],
  ['no type', {}],
  ['a type that is an object', { type: {} }],
])('fields of the wrong type never throw: %s', (_name, event) => {
  expect(() => activityOf(event)).not.toThrow();
  expect(folded(event).facts()).toMatchObject({
    lastText: undefined,
    model: undefined,
    sessionId: undefined,
  });
});

test('events without a process fold to the same outcome', () => {
  expect(outcomeOfEvents([INIT, RESULT], false)).toMatchObject({ kind: 'reply', text: 'done', model: 'm' });
  expect(outcomeOfEvents([INIT, RESULT], true)).toMatchObject({
    kind: 'failure',
    reason: 'schema-never-met',
  });
  expect(outcomeOfEvents([INIT], false)).toMatchObject({ kind: 'failure', reason: 'no-result' });
});

describe('a session that goes on', () => {
  const spent = (inputTokens: number, costUSD: number | null): JsonObject => ({
    m: { inputTokens, costUSD },
  });
  const told = (total: number, since?: JsonObject): JsonObject => ({
    ...RESULT,
    total_cost_usd: total,
    modelUsage: spent(900, total),
    ...(since === undefined ? {} : { model_usage_since_last_result: since }),
  });

  test.each<readonly [string, JsonObject[], number, number | null]>([
    ['costs what its results tell as new', [told(5, spent(10, 1)), told(6, spent(20, 0.5))], 30, 1.5],
    ['costs all that is told where one result does not say', [told(5, spent(10, 1)), told(6)], 900, 6],
    ['has no price where a part has none', [told(5, spent(10, null))], 10, null],
  ])('%s', (_name, results, inputTokens, costUsd) => {
    expect(outcomeOfEvents([INIT, ...results], false)).toMatchObject({ usage: { inputTokens }, costUsd });
  });
});
