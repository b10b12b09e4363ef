import { describe, expect, test } from 'vitest';
import type { ModelAnswer } from '../../../../src/print/api/model.ts';
import { Ended, Interrupted } from '../../../../src/print/session/ending.ts';
import type { Tool } from '../../../../src/print/tools/tool.ts';
import type { ContentBlock } from '../../../../src/wire/events/event.ts';
import { fakeGate } from '../fake-gate.ts';
import { apiFailed, replied, said, used } from '../fake-model.ts';
import { type Differs, numberWanted, sessionWith, text, told, types } from './session-rig.ts';

const cut = (...blocks: ContentBlock[]): ModelAnswer => ({ ...replied(...blocks), stopReason: 'max_tokens' });
const refused = (...blocks: ContentBlock[]): ModelAnswer => ({
  ...replied(...blocks),
  stopReason: 'refusal',
});

describe('how a turn ends', () => {
  const schema = (): Differs => ({ structuredOutput: numberWanted() });
  const wrong = replied(used('StructuredOutput', { wrong: 1 }));

  test.each<[string, ModelAnswer[], () => Differs, object, string[]]>([
    [
      'by a text',
      [replied(said('hi'))],
      () => ({}),
      {
        subtype: 'success',
        is_error: false,
        terminal_reason: 'completed',
        result: 'hi',
        num_turns: 1,
        api_error_status: null,
      },
      ['assistant', 'result'],
    ],
    [
      'by the last text of several blocks',
      [replied(said('a'), said('b'))],
      () => ({}),
      { result: 'b' },
      ['assistant', 'assistant', 'result'],
    ],
    [
      'by a text after a tool that is not there',
      [replied(used('Nope', {})), replied(said('well'))],
      () => ({}),
      { result: 'well', num_turns: 2, permission_denials: [] },
      ['assistant', 'user', 'assistant', 'result'],
    ],
    [
      'by nothing at all, after it was asked for something',
      [replied(said(' \n')), replied()],
      () => ({ maxTurns: 1 }),
      { result: '', is_error: false, num_turns: 2 },
      ['user', 'result'],
    ],
    [
      'by a text after a thought alone',
      [replied({ type: 'thinking', thinking: 'hm', signature: 's' }), replied(said('hi'))],
      () => ({}),
      { result: 'hi', num_turns: 2 },
      ['assistant', 'user', 'assistant', 'result'],
    ],
    [
      'by a value',
      [replied(used('StructuredOutput', { n: 1 }))],
      schema,
      { result: '{"n":1}', structured_output: { n: 1 }, num_turns: 2, stop_reason: 'tool_use' },
      ['assistant', 'user', 'result'],
    ],
    [
      'by a value at the second attempt',
      [wrong, replied(used('StructuredOutput', { n: 2 }))],
      schema,
      { structured_output: { n: 2 }, num_turns: 3 },
      ['assistant', 'user', 'assistant', 'user', 'result'],
    ],
    [
      'by the last of two values',
      [replied(used('StructuredOutput', { n: 1 }), used('StructuredOutput', { n: 2 }, 'toolu_2'))],
      schema,
      { structured_output: { n: 2 } },
      ['assistant', 'assistant', 'user', 'user', 'result'],
    ],
    [
      'by a value after a reminder',
      [replied(said('plain')), replied(used('StructuredOutput', { n: 3 }))],
      schema,
      { structured_output: { n: 3 }, num_turns: 3 },
      ['assistant', 'user', 'assistant', 'user', 'result'],
    ],
    [
      'without a value, for all the reminding',
      [replied(said('plain')), replied(said('again'))],
      schema,
      {
        subtype: 'error_max_structured_output_retries',
        is_error: true,
        terminal_reason: 'structured_output_retry_exhausted',
        errors: [expect.stringContaining('did not call StructuredOutput')],
      },
      ['assistant', 'user', 'assistant', 'result'],
    ],
    [
      'without a value, after five mismatches',
      [wrong, wrong, wrong, wrong, wrong],
      schema,
      {
        subtype: 'error_max_structured_output_retries',
        is_error: true,
        num_turns: 6,
        errors: [
          "Failed to provide valid structured output after 5 attempts — last StructuredOutput error: Output does not match required schema: root: must have required property 'n'",
        ],
      },
      [...Array.from({ length: 5 }, () => ['assistant', 'user']).flat(), 'result'],
    ],
    [
      'at the turn limit',
      [replied(used('Nope', {}))],
      () => ({ maxTurns: 1 }),
      {
        subtype: 'error_max_turns',
        is_error: true,
        terminal_reason: 'max_turns',
        num_turns: 2,
        errors: ['Reached maximum number of turns (1)'],
      },
      ['assistant', 'user', 'result'],
    ],
    [
      'by a text at the turn limit',
      [replied(said('hi'))],
      () => ({ maxTurns: 1 }),
      { is_error: false, result: 'hi' },
      ['assistant', 'result'],
    ],
    [
      'by an error of the API',
      [
        apiFailed({
          status: 400,
          isRetryable: false,
          type: 'invalid_request_error',
          message: 'API Error: 400 bad',
        }),
      ],
      () => ({}),
      {
        subtype: 'success',
        is_error: true,
        api_error_status: 400,
        api_error_type: 'invalid_request_error',
        terminal_reason: 'api_error',
        result: 'API Error: 400 bad',
        num_turns: 1,
        total_cost_usd: 0,
        modelUsage: {},
      },
      ['assistant', 'result'],
    ],
    [
      'by a prompt that is too long',
      [apiFailed({ status: 400, isRetryable: false, message: 'API Error: 400 prompt is too long: 3 > 2' })],
      () => ({}),
      { is_error: true, terminal_reason: 'prompt_too_long' },
      ['assistant', 'result'],
    ],
    [
      'by a text in two pieces',
      [cut(said('half ')), replied(said('and half'))],
      () => ({ maxTurns: 1 }),
      { is_error: false, result: 'half and half', num_turns: 2 },
      ['assistant', 'user', 'assistant', 'result'],
    ],
    [
      'cut off at the output limit again and again',
      [cut(said('a')), cut(said('b')), cut(said('c')), cut(said('d'))],
      () => ({}),
      {
        is_error: true,
        subtype: 'success',
        terminal_reason: 'api_error',
        result: expect.stringContaining('cut off at 128000 output tokens'),
        num_turns: 4,
      },
      ['assistant', 'user', 'assistant', 'user', 'assistant', 'user', 'assistant', 'assistant', 'result'],
    ],
    [
      'refused, and not the second time',
      [refused(said('hm')), replied(said('well'))],
      () => ({}),
      { is_error: false, result: 'well', num_turns: 2 },
      ['assistant', 'system/informational', 'user', 'assistant', 'result'],
    ],
    [
      'refused twice',
      [refused(), refused()],
      () => ({}),
      { is_error: true, stop_reason: 'refusal', result: expect.stringContaining('safeguards') },
      ['system/informational', 'user', 'assistant', 'result'],
    ],
  ])('%s', async (_name, answers, differs, expected, eventTypes) => {
    const { result, events } = await told(answers, differs());
    expect(result).toMatchObject({ type: 'result', session_id: 's-1', ...expected });
    expect(types(events)).toEqual(eventTypes);
    expect(events.at(-1)).toBe(result);
  });

  test.each(['error_max_turns', 'error_max_structured_output_retries'])(
    '%s has errors and no result',
    async (subtype) => {
      const { result } = await told(
        subtype === 'error_max_turns'
          ? [replied(used('Nope', {}))]
          : [replied(said('a')), replied(said('b'))],
        subtype === 'error_max_turns' ? { maxTurns: 1 } : { structuredOutput: numberWanted() },
      );
      expect(result['subtype']).toBe(subtype);
      expect(result).not.toHaveProperty('result');
    },
  );
});

describe('what the model is asked', () => {
  test('the prompt, then its own reply and the answers to its tool calls', async () => {
    const first = replied(said('hm'), used('Nope', { a: 1 }), used('Nope', { a: 2 }, 'toolu_2'));
    const { model } = await told([first, replied(said('done'))]);
    const prompt = { role: 'user', content: [{ type: 'text', text: 'the prompt' }] };
    expect(model.requests.map(({ messages }) => messages)).toEqual([
      [prompt],
      [
        prompt,
        { role: 'assistant', content: first.blocks },
        {
          role: 'user',
          content: ['toolu_1', 'toolu_2'].map((id) => ({
            type: 'tool_result',
            tool_use_id: id,
            content: '<tool_use_error>Error: No such tool available: Nope</tool_use_error>',
            is_error: true,
          })),
        },
      ],
    ]);
  });

  test('a mismatch is told in words, as an error', async () => {
    const { model } = await told(
      [replied(used('StructuredOutput', {})), replied(used('StructuredOutput', { n: 1 }))],
      {
        structuredOutput: numberWanted(),
      },
    );
    expect(model.requests[1]?.messages.at(-1)?.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'toolu_1',
        content: "Output does not match required schema: root: must have required property 'n'",
        is_error: true,
      },
    ]);
    expect(model.requests[0]?.tools).toMatchObject([
      { name: 'StructuredOutput', inputSchema: { type: 'object' } },
    ]);
  });
});

describe('of a reply that is no answer', () => {
  const tool = (runs: string[]): Tool => ({
    spec: { name: 'Echo', description: '', inputSchema: {} },
    isReadOnly: false,
    run: async (input) => {
      runs.push(JSON.stringify(input));
      return { content: 'ran', isError: false, forPrograms: '' };
    },
  });

  test('a call at the end of what was cut off is not run: it may be half of one', async () => {
    const runs: string[] = [];
    const calls = [used('Echo', { n: 1 }), used('Echo', { n: 2 }, 'toolu_2')];
    const { model, result } = await told([cut(...calls), replied(said('well'))], { tools: [tool(runs)] });
    expect(runs).toEqual(['{"n":1}']);
    expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { tool_use_id: 'toolu_1', content: 'ran' },
      { tool_use_id: 'toolu_2', is_error: true, content: expect.stringContaining('was not run') },
    ]);
    expect(result).toMatchObject({ result: 'well' });
  });

  test('a refused call is not run, and not sent back', async () => {
    const runs: string[] = [];
    const first = refused(said('hm'), used('Echo', {}));
    const { model } = await told([first, replied(said('well'))], { tools: [tool(runs)] });
    expect(runs).toEqual([]);
    expect(model.requests[1]?.messages.slice(1)).toEqual([
      { role: 'assistant', content: text('hm') },
      { role: 'user', content: [{ type: 'text', text: expect.stringContaining('safeguard') }] },
    ]);
  });

  test('a thought alone and blank text are not sent back: the API takes neither', async () => {
    const thought: ContentBlock = { type: 'thinking', thinking: 'hm', signature: 's' };
    const { model } = await told([replied(thought, said(' ')), replied(said('x'))]);
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
  });
});

test('a reply without content is not sent back', async () => {
  const { model } = await told([replied(), replied(used('StructuredOutput', { n: 1 }))], {
    structuredOutput: numberWanted(),
  });
  expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
});

test('tokens add up, and so does their price', async () => {
  const { result } = await told([replied(used('Nope', {})), replied(said('well'))]);
  expect(result).toMatchObject({
    total_cost_usd: 0.0016,
    usage: { input_tokens: 200, output_tokens: 40 },
    modelUsage: { 'claude-opus-5-5': { inputTokens: 200, outputTokens: 40, costUSD: 0.0016 } },
  });
});

describe('retries', () => {
  test('each is announced before its pause', async () => {
    const { session, events, clock } = sessionWith([
      apiFailed({ status: 429, word: 'rate_limit', retryAfterMs: 2000 }),
      apiFailed({ status: null, word: 'unknown' }),
      replied(said('recovered')),
    ]);
    const run = session.run(text('p'), new AbortController().signal);
    await clock.timerSet(2000);
    expect(events).toMatchObject([
      {
        type: 'system',
        subtype: 'api_retry',
        attempt: 1,
        max_retries: 10,
        retry_delay_ms: 2000,
        error_status: 429,
        error: 'rate_limit',
      },
    ]);
    clock.advance(2000);
    await clock.timerSet(1000);
    expect(events[1]).toMatchObject({
      attempt: 2,
      retry_delay_ms: 1000,
      error_status: null,
      error: 'unknown',
    });
    clock.advance(1000);
    expect(await run).toMatchObject({ result: 'recovered', num_turns: 1, duration_api_ms: 3000 });
  });

  test('what a broken stream had cost is counted', async () => {
    const usage = { input: 100, output: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    const { session, clock } = sessionWith([apiFailed({ status: null, usage }), replied(said('whole'))]);
    const run = session.run(text('p'), new AbortController().signal);
    expect(await clock.runUntil(run, 1000)).toMatchObject({
      usage: { input_tokens: 200, output_tokens: 21 },
    });
  });
});

describe('ended from outside', () => {
  test('an interruption is a result that says so', async () => {
    const controller = new AbortController();
    const { session, events } = sessionWith(['hang']);
    const run = session.run(text('p'), controller.signal);
    controller.abort(new Interrupted());
    expect(await run).toMatchObject({
      subtype: 'error_during_execution',
      is_error: true,
      terminal_reason: 'aborted_streaming',
      num_turns: 2,
    });
    expect(events[0]).toMatchObject({
      type: 'user',
      message: { content: [{ text: '[Request interrupted by user]' }] },
    });
  });

  test('an interruption in the pause before a retry, too', async () => {
    const controller = new AbortController();
    const { session, clock } = sessionWith([apiFailed({})]);
    const run = session.run(text('p'), controller.signal);
    await clock.timerSet(500);
    controller.abort(new Interrupted());
    expect(await run).toMatchObject({ terminal_reason: 'aborted_streaming' });
    expect(clock.pending).toEqual([]);
  });

  test('an end of the program leaves no result', async () => {
    const controller = new AbortController();
    const { session, events } = sessionWith(['hang']);
    const run = session.run(text('p'), controller.signal);
    controller.abort(new Ended('SIGTERM', 143));
    await expect(run).rejects.toThrow('SIGTERM');
    expect(events).toEqual([]);
  });
});

describe('a tool of the session', () => {
  const echo = (isReadOnly = false): Tool => ({
    spec: { name: 'Echo', description: 'echoes', inputSchema: { type: 'object' } },
    isReadOnly,
    run: async (input) => ({ content: JSON.stringify(input), isError: false, forPrograms: { said: input } }),
  });

  test('is offered, run, and its answer told to the model and to programs', async () => {
    const { model, events, kept } = await told([replied(used('Echo', { a: 1 })), replied(said('done'))], {
      tools: [echo()],
    });
    expect(model.requests[0]?.tools.map(({ name }) => name)).toEqual(['Echo']);
    const answer = { type: 'tool_result', tool_use_id: 'toolu_1', content: '{"a":1}' };
    expect(model.requests[1]?.messages.at(-1)).toEqual({ role: 'user', content: [answer] });
    expect(events[1]).toMatchObject({ message: { content: [answer] }, tool_use_result: { said: { a: 1 } } });
    expect(kept.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  test('that is denied is reported in the result', async () => {
    const { result, events } = await told([replied(used('Echo', { a: 1 })), replied(said('well'))], {
      tools: [echo()],
      gate: () => fakeGate(() => ({ kind: 'ask', message: 'no' })),
    });
    expect(types(events)).toEqual(['assistant', 'system/permission_denied', 'user', 'assistant', 'result']);
    expect(result['permission_denials']).toEqual([
      { tool_name: 'Echo', tool_use_id: 'toolu_1', tool_input: { a: 1 } },
    ]);
  });

  test('that was interrupted is answered all the same', async () => {
    const controller = new AbortController();
    const run: Tool['run'] = async () => {
      controller.abort(new Interrupted('interrupted by its host'));
      throw controller.signal.reason;
    };
    const { session, kept } = sessionWith([replied(used('Echo', {}))], { tools: [{ ...echo(), run }] });
    expect(await session.run(text('p'), controller.signal)).toMatchObject({
      terminal_reason: 'aborted_tools',
      errors: ['The turn was interrupted by its host before it was complete'],
      is_error: true,
    });
    expect(kept.slice(2)).toMatchObject([
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', is_error: true }] },
      { role: 'user', content: [{ text: '[Request interrupted by user for tool use]' }] },
    ]);
  });
});

describe('several turns', () => {
  test('the model is shown all that was said; usage counts one turn, cost and models all', async () => {
    const { session, model, events } = sessionWith([replied(said('one')), replied(said('two'))]);
    const { signal } = new AbortController();
    await session.run(text('first'), signal);
    expect(await session.run(text('second'), signal)).toMatchObject({
      result: 'two',
      num_turns: 1,
      result_index: 1,
      usage: { input_tokens: 100 },
      total_cost_usd: 0.0016,
      modelUsage: { 'claude-opus-5-5': { inputTokens: 200 } },
    });
    expect(model.requests[1]?.messages).toEqual([
      { role: 'user', content: text('first') },
      { role: 'assistant', content: text('one') },
      { role: 'user', content: text('second') },
    ]);
    expect(events.filter(({ type }) => type === 'result')).toHaveLength(2);
  });

  test('each wants a value of its own', async () => {
    const { session } = sessionWith(
      [
        replied(used('StructuredOutput', { n: 1 })),
        replied(said('x')),
        replied(used('StructuredOutput', { n: 2 })),
      ],
      { structuredOutput: numberWanted() },
    );
    const { signal } = new AbortController();
    expect(await session.run(text('a'), signal)).toMatchObject({ structured_output: { n: 1 } });
    expect(await session.run(text('b'), signal)).toMatchObject({ structured_output: { n: 2 }, num_turns: 3 });
  });

  test('one goes on from an earlier life, its open call answered', async () => {
    const { session, model } = sessionWith([replied(said('on'))], {
      history: [
        { role: 'user', content: text('before') },
        { role: 'assistant', content: [used('Echo', {})] },
      ],
    });
    await session.run(text('now'), new AbortController().signal);
    expect(model.requests[0]?.messages.at(-1)?.content).toMatchObject([
      { type: 'tool_result', tool_use_id: 'toolu_1', is_error: true },
      { type: 'text', text: 'now' },
    ]);
  });
});

describe('a budget', () => {
  test('stops after the reply that crossed it: no tool runs any more', async () => {
    let runs = 0;
    const tool: Tool = {
      spec: { name: 'Echo', description: '', inputSchema: {} },
      isReadOnly: false,
      run: async () => ({ content: String(runs++), isError: false, forPrograms: '' }),
    };
    const { result, model } = await told([replied(used('Echo', {}))], {
      tools: [tool],
      maxBudgetUsd: 0.0005,
    });
    expect(result).toMatchObject({
      subtype: 'error_max_budget_usd',
      is_error: true,
      terminal_reason: 'budget_exhausted',
      errors: ['Reached maximum budget ($0.0005)'],
      num_turns: 1,
    });
    expect([runs, model.requests.length]).toEqual([0, 1]);
  });

  test('that is spent lets no further turn begin', async () => {
    const { session, model } = sessionWith([replied(said('x'))], { maxBudgetUsd: 0.0005 });
    const { signal } = new AbortController();
    await session.run(text('a'), signal);
    expect(await session.run(text('b'), signal)).toMatchObject({ subtype: 'error_max_budget_usd' });
    expect(model.requests).toHaveLength(1);
  });

  test('is not overrun by attempts that break off, since they are billed', async () => {
    const broken = apiFailed({ usage: replied().usage });
    const { session, model } = sessionWith([broken, replied(said('x'))], { maxBudgetUsd: 0.0005 });
    expect(await session.run(text('a'), new AbortController().signal)).toMatchObject({
      subtype: 'error_max_budget_usd',
      total_cost_usd: 0.0008,
    });
    expect(model.requests).toHaveLength(1);
  });

  test('refuses a model that the session was told to take and whose price is not known', async () => {
    const { session, model, questions } = sessionWith([replied(said('x'))], { maxBudgetUsd: 5 });
    questions.model = 'nobody-knows';
    expect(await session.run(text('a'), new AbortController().signal)).toMatchObject({
      subtype: 'error_max_budget_usd',
      errors: [expect.stringMatching(/^--max-budget-usd 5 cannot be kept: the price of nobody-knows is not/)],
    });
    expect(model.requests).toEqual([]);
  });

  test('cannot be kept for a model without a price, so it stops', async () => {
    const { result } = await told([{ ...replied(said('x')), model: 'nobody-knows' }], { maxBudgetUsd: 5 });
    expect(result).toMatchObject({ subtype: 'error_max_budget_usd', total_cost_usd: null });
  });
});

test('an overloaded model is followed by the next one, and stays so', async () => {
  const overloaded = apiFailed({ status: 529, word: 'overloaded' });
  const { session, events, clock, model } = sessionWith(
    [overloaded, overloaded, overloaded, replied(said('b')), replied(said('c'))],
    { fallbackModels: ['claude-haiku-5-5'] },
  );
  const { signal } = new AbortController();
  expect(await clock.runUntil(session.run(text('p'), signal), 100_000)).toMatchObject({ result: 'b' });
  await session.run(text('q'), signal);
  expect(types(events).slice(0, 3)).toEqual([
    'system/api_retry',
    'system/api_retry',
    'system/model_fallback',
  ]);
  expect(events[2]).toMatchObject({ original_model: 'claude-opus-5-5', fallback_model: 'claude-haiku-5-5' });
  expect(model.requests.map((request) => request.model)).toEqual([
    ...Array.from({ length: 3 }, () => 'claude-opus-5-5'),
    ...Array.from({ length: 2 }, () => 'claude-haiku-5-5'),
  ]);
});

test('pieces of a message are told before it is', async () => {
  const { session, events, model } = sessionWith([replied(said('x'))], { tellsPieces: true });
  model.pieces = [{ type: 'message_start' }, { type: 'message_stop' }];
  await session.run(text('p'), new AbortController().signal);
  expect(events.map(({ type, event }) => [type, event])).toEqual([
    ['stream_event', { type: 'message_start' }],
    ['stream_event', { type: 'message_stop' }],
    ['assistant', undefined],
    ['result', undefined],
  ]);
});

test('an API that pauses for ever is not asked for ever', async () => {
  const pauses = Array.from({ length: 21 }, () => ({ ...replied(said('s')), stopReason: 'pause_turn' }));
  expect((await told(pauses)).result).toMatchObject({
    result: 's',
    stop_reason: 'pause_turn',
    is_error: false,
  });
});

test('a turn that the API paused is handed back as it is', async () => {
  const search: ContentBlock = { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} };
  const usage = { ...replied().usage, webSearches: 2 };
  const { result, model } = await told([
    { ...replied(search), stopReason: 'pause_turn', usage },
    replied(said('found')),
  ]);
  expect(model.requests[1]?.messages.at(-1)).toEqual({ role: 'assistant', content: [search] });
  expect(result).toMatchObject({
    result: 'found',
    usage: { server_tool_use: { web_search_requests: 2 } },
    total_cost_usd: expect.closeTo(0.0216, 9),
  });
});
