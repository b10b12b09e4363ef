import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ApiFailure, ModelAnswer, ModelReply } from '../../../../src/print/api/model.ts';
import { Ended, Interrupted } from '../../../../src/print/session/ending.ts';
import { type CompactBoundary, NO_LOG } from '../../../../src/print/session/session-log.ts';
import type { Tool } from '../../../../src/print/tools/tool.ts';
import { apiFailed, replied, said, used } from '../fake-model.ts';
import { type Differs, sessionWith, type Told, text, told, types } from '../session/session-rig.ts';

const LIMITS = { isAutomatic: true, isOffered: true, windowTokens: undefined, percent: undefined };
/** Due from 67,000 tokens on. */
const SMALL = { ...LIMITS, windowTokens: 100_000 };

const ECHO: Tool = {
  spec: { name: 'Echo', description: '', inputSchema: {} },
  isReadOnly: true,
  run: async () => ({ content: 'r'.repeat(4000), isError: false, forPrograms: '' }),
};

const TOO_LONG: ApiFailure = apiFailed({
  status: 400,
  type: 'invalid_request_error',
  word: 'invalid_request',
  isRetryable: false,
  message: 'API Error: 400 prompt is too long: 3 tokens > 2 maximum',
});

const counted = (reply: ModelReply, input: number): ModelReply => ({
  ...reply,
  usage: { ...reply.usage, input },
});
const call = (n: number, input = 1000 * n): ModelReply =>
  counted(replied(said(`look ${n}`), used('Echo', {}, `toolu_${n}`)), input);
const summary = (words = 'THE SUMMARY'): ModelReply =>
  counted(replied(said(`<analysis>hm</analysis><summary>\n${words}\n</summary>`)), 5000);
const done = replied(said('done'));

const run = async (answers: readonly ModelAnswer[], differs: Differs = {}): Promise<Told> =>
  await told(answers, { tools: [ECHO], ...differs });

/** The n-th request, from 0. */
const asked = ({ model }: Pick<Told, 'model'>, n: number): string[] | undefined =>
  model.requests[n]?.messages.map(
    ({ role, content }) => `${role}: ${content.map((block) => block['text'] ?? block.type).join(' ')}`,
  );

const WISH = expect.stringMatching(/^user: The conversation has become too long/);
const SUMMARY = expect.stringMatching(/^user: This conversation was [^\n]*\n\nTHE SUMMARY\n\n/);

const compactions = ({ events }: Pick<Told, 'events'>): number =>
  events.filter(({ subtype }) => subtype === 'compact_boundary').length;

describe('a conversation that the API finds too long', () => {
  test('is summarised, its last messages kept, and goes on', async () => {
    const all = await run([call(1), call(2), TOO_LONG, summary(), done]);
    expect(all.result).toMatchObject({ result: 'done', is_error: false, num_turns: 4 });
    expect(types(all.events).slice(6)).toEqual([
      'system/status',
      'system/status',
      'system/compact_boundary',
      'user',
      'assistant',
      'result',
    ]);
    expect(all.events.slice(6, 10)).toMatchObject([
      { status: 'compacting' },
      { status: null, compact_result: 'success' },
      { compact_metadata: { trigger: 'auto', pre_tokens: expect.any(Number), duration_ms: 0 } },
      { isSynthetic: true, message: { content: [{ text: expect.stringContaining('THE SUMMARY') }] } },
    ]);
    expect(asked(all, 3)).toEqual([
      'user: the prompt',
      'assistant: look 1 tool_use',
      'user: tool_result',
      WISH,
    ]);
    expect(asked(all, 4)).toEqual([SUMMARY, 'assistant: look 2 tool_use', 'user: tool_result']);
  });

  test('costs what the summary costs, which is no part of the turn', async () => {
    const { result } = await run([call(1), TOO_LONG, summary(), done]);
    expect(result).toMatchObject({
      usage: { input_tokens: 1100 },
      modelUsage: { 'claude-opus-5-5': { inputTokens: 6100 } },
      model_usage_since_last_result: { 'claude-opus-5-5': { inputTokens: 6100 } },
    });
  });

  test('and still does: nothing is kept word for word, then it is given up', async () => {
    const all = await run([call(1), call(2), TOO_LONG, summary(), TOO_LONG, summary(), TOO_LONG]);
    expect(asked(all, 6)).toEqual([expect.stringContaining('Go on with the task where it stood.')]);
    expect(compactions(all)).toBe(2);
    expect(all.result).toMatchObject({
      subtype: 'success',
      is_error: true,
      api_error_status: 400,
      api_error_type: 'invalid_request_error',
      terminal_reason: 'prompt_too_long',
      result: expect.stringMatching(
        /^Prompt is too long, and .*did not make it short enough\. API Error: 400 prompt is too long: 3 tokens > 2 maximum\. Give less/,
      ),
    });
  });

  test('and whose summary was interrupted keeps its last messages word for word when it comes to one', async () => {
    const { session, model } = await interrupted([call(1), call(2), TOO_LONG], {});
    model.answers.push(TOO_LONG, summary(), done);
    const result = await session.run(text('q'), new AbortController().signal);
    expect(result).toMatchObject({ result: 'done' });
    expect(asked({ model }, 6)?.slice(0, 3)).toEqual([
      SUMMARY,
      'assistant: look 2 tool_use',
      'user: tool_result',
    ]);
  });

  test('may become too long again once it was not', async () => {
    const again = [TOO_LONG, summary(), call(3), TOO_LONG, summary(), call(4), TOO_LONG, summary()];
    const all = await run([call(1), call(2), ...again, done]);
    expect(all.result).toMatchObject({ result: 'done' });
    expect(compactions(all)).toBe(3);
  });

  test('and to be summarised as well: once more with the answers of tools cut short', async () => {
    const all = await run([call(1), TOO_LONG, TOO_LONG, summary(), done]);
    const sizes = [2, 3].map((n) => JSON.stringify(all.model.requests[n]?.messages).length);
    expect(sizes[0]).toBeGreaterThan(4000 + (sizes[1] ?? 0) - 2500);
    expect(all.result).toMatchObject({ result: 'done' });
  });

  test.each<[string, ModelAnswer[], string, string]>([
    ['too long for that, too', [TOO_LONG, TOO_LONG], 'failed', 'prompt is too long'],
    ['without a summary in the reply', [replied(used('Echo', {}))], 'failed', 'no whole summary'],
    ['with half of one', [{ ...summary(), stopReason: 'max_tokens' }], 'failed', 'no whole summary'],
    ['refused', [{ ...summary(), stopReason: 'refusal' }], 'failed', 'no whole summary'],
  ])('that cannot be summarised ends the turn: %s', async (_name, answers, compactResult, why) => {
    const all = await run([call(1), TOO_LONG, ...answers]);
    expect(all.events.find((event) => 'compact_result' in event)).toMatchObject({
      compact_result: compactResult,
      compact_error: expect.stringContaining(why),
    });
    expect(all.result).toMatchObject({ is_error: true, terminal_reason: 'prompt_too_long' });
    expect(compactions(all)).toBe(0);
  });

  test.each<[string, ModelAnswer[], Differs, string]>([
    ['there is only the prompt', [TOO_LONG], {}, 'nothing before it that could be summarised'],
    [
      'it is switched off',
      [call(1), TOO_LONG],
      { limits: { ...LIMITS, isAutomatic: false } },
      'summarising it is switched off',
    ],
  ])('is not summarised where %s', async (_name, answers, differs, why) => {
    const all = await run(answers, differs);
    expect(all.model.requests).toHaveLength(answers.length);
    expect(types(all.events)).not.toContain('system/status');
    expect(all.result).toMatchObject({
      is_error: true,
      terminal_reason: 'prompt_too_long',
      result: expect.stringContaining(why),
    });
  });
});

/** The summary is being written when `reason` ends it. */
async function interrupted(
  answers: readonly ModelAnswer[],
  differs: Differs,
  reason: Error = new Interrupted('x'),
) {
  const controller = new AbortController();
  const events: JsonObject[] = [];
  const emit = async (event: JsonObject): Promise<void> => {
    events.push(event);
  };
  const staged = sessionWith([...answers, 'hang'], { tools: [ECHO], ...differs, emit });
  const turn = staged.session.run(text('p'), controller.signal);
  while (staged.model.requests.length <= answers.length) await Promise.resolve();
  controller.abort(reason);
  await turn;
  return { ...staged, events };
}

describe('a conversation that nears the context', () => {
  test('is summarised before the next request', async () => {
    const all = await run([call(1), call(2, 66_000), summary(), done], { limits: SMALL });
    expect(asked(all, 2)?.at(-1)).toEqual(WISH);
    expect(asked(all, 3)).toEqual([SUMMARY, 'assistant: look 2 tool_use', 'user: tool_result']);
    expect(all.events.find(({ subtype }) => subtype === 'compact_boundary')).toMatchObject({
      // What the API counted, and about as many as came since.
      compact_metadata: { pre_tokens: expect.closeTo(67_040, -2) },
    });
  });

  test('is not before', async () => {
    const all = await run([call(1), call(2, 65_000), done], { limits: SMALL });
    expect(compactions(all)).toBe(0);
  });

  test.each([
    ['the model alone', { limits: LIMITS }, 967_000],
    ['a part of it', { limits: { ...LIMITS, percent: 50 } }, 490_000],
    ['a part of less', { limits: { ...SMALL, percent: 50 } }, 40_000],
    ['a window larger than the model', { limits: { ...LIMITS, windowTokens: 5_000_000 } }, 967_000],
  ])('as measured, with %s, from %o on', async (_name, differs, limit) => {
    // A reply of 20 tokens and a tool's answer of about 1,040 are counted, too.
    const below = await run([call(1), call(2, limit - 1500), done], differs);
    expect(compactions(below)).toBe(0);
    const above = await run([call(1), call(2, limit), summary(), done], differs);
    expect(compactions(above)).toBe(1);
  });

  test('where that helps nothing, it is not tried again and again', async () => {
    const all = await run([call(1), call(2, 90_000), summary(), call(3, 90_000), call(4, 90_000), done], {
      limits: SMALL,
    });
    expect(compactions(all)).toBe(1);
    expect(all.result).toMatchObject({ result: 'done' });
  });

  test('where it fails, it goes on as it is', async () => {
    const failure = apiFailed({ status: 404, isRetryable: false, message: 'API Error: 404 gone' });
    const all = await run([call(1), call(2, 90_000), failure, done], { limits: SMALL });
    expect(all.result).toMatchObject({ result: 'done', is_error: false });
    expect(asked(all, 3)).toHaveLength(5);
  });

  test('in an earlier life, it is summarised with the first prompt of this one kept', async () => {
    const history = [
      { role: 'user', content: text('before') },
      { role: 'assistant', content: text('yes') },
    ] as const;
    const all = await run([summary(), done], { limits: SMALL, history, historyTokens: 90_000 });
    expect(asked(all, 1)?.[0]).toEqual(SUMMARY);
    expect(asked(all, 1)?.at(-1)).toBe('user: the prompt');
  });

  test('the budget holds after the summary, too', async () => {
    const all = await run([call(1), call(2, 90_000), summary()], { limits: SMALL, maxBudgetUsd: 0.38 });
    expect(all.result).toMatchObject({ subtype: 'error_max_budget_usd' });
    expect(compactions(all)).toBe(1);
  });

  test('an interruption in the summary leaves the conversation as it was, to be summarised yet', async () => {
    const { session, events, model } = await interrupted([call(1), call(2, 90_000)], { limits: SMALL });
    expect(events.slice(-4)).toMatchObject([
      { status: 'compacting' },
      { status: null, compact_result: 'failed', compact_error: 'aborted' },
      { type: 'user' },
      { type: 'result', terminal_reason: 'aborted_streaming', num_turns: 4 },
    ]);
    model.answers.push(summary(), done);
    await session.run(text('q'), new AbortController().signal);
    expect(asked({ model }, 3)?.at(-1)).toEqual(WISH);
    expect(asked({ model }, 4)?.slice(-2)).toEqual(['user: [Request interrupted by user]', 'user: q']);
  });

  test('the end of the program in the summary is no failure of it', async () => {
    const ended = interrupted([call(1), call(2, 90_000)], { limits: SMALL }, new Ended('by SIGTERM', 143));
    await expect(ended).rejects.toThrow('by SIGTERM');
  });
});

describe('on request', () => {
  const HISTORY = [
    { role: 'user', content: text('one') },
    { role: 'assistant', content: text('two') },
  ] as const;

  async function compacted(answers: readonly ModelAnswer[], differs: Differs = {}, wish?: string) {
    const kept: CompactBoundary[] = [];
    const compact = (boundary: CompactBoundary): string => {
      kept.push(boundary);
      return 'last';
    };
    const log = { ...NO_LOG, compact };
    const { session, events, model } = sessionWith(answers, { history: HISTORY, log, ...differs });
    const begin = async (): Promise<void> => void events.push({ type: 'system', subtype: 'init' });
    const result = await session.compact(wish, new AbortController().signal, begin);
    return { result, events, model, kept };
  }

  test('what was said is summarised, and nothing is asked besides', async () => {
    const { result, events, model, kept } = await compacted([summary()], {}, 'keep the names');
    expect(types(events)).toEqual([
      'system/status',
      'system/status',
      'system/init',
      'system/compact_boundary',
      'user',
      'user',
      'result',
    ]);
    expect(events[5]).toMatchObject({
      isReplay: true,
      message: { content: '<local-command-stdout>Compacted</local-command-stdout>' },
    });
    expect(asked({ model }, 0)?.at(-1)).toMatch(/The user asks of this summary: keep the names$/);
    expect(events[3]).toMatchObject({ compact_metadata: { trigger: 'manual' }, logical_parent_uuid: 'last' });
    expect(result).toMatchObject({
      subtype: 'success',
      is_error: false,
      result: '',
      num_turns: 0,
      local_command: 'compact',
    });
    expect(kept).toMatchObject([{ metadata: { trigger: 'manual' }, kept: [] }]);
  });

  test('nothing was said yet: no error, as measured', async () => {
    const { result, events } = await compacted([], { history: [] });
    expect(types(events)).toEqual(['system/init', 'assistant', 'result']);
    expect(events[1]).not.toHaveProperty('error');
    expect(result).toMatchObject({
      is_error: false,
      result: expect.stringMatching(/^Nothing was summarised/),
    });
  });

  test('interrupted, it leaves no trace in the conversation', async () => {
    const stop = new AbortController();
    const { session, events, model, kept } = sessionWith(['hang', done], { history: HISTORY });
    const begin = async (): Promise<void> => void events.push({ type: 'system', subtype: 'init' });
    const compacting = session.compact(undefined, stop.signal, begin);
    while (model.requests.length === 0) await Promise.resolve();
    stop.abort(new Interrupted('interrupted by SIGINT'));
    expect(await compacting).toMatchObject({ terminal_reason: 'aborted_streaming', num_turns: 0 });
    expect(types(events)).toEqual(['system/status', 'system/status', 'system/init', 'result']);
    expect(kept).toEqual([]);
    await session.run(text('three'), new AbortController().signal);
    expect(asked({ model }, 1)).toEqual(['user: one', 'assistant: two', 'user: three']);
  });

  test('an error of the API is one', async () => {
    const failure = apiFailed({ status: 404, isRetryable: false, message: 'API Error: 404 gone' });
    const { result, events } = await compacted([failure]);
    expect(events.at(-2)).toMatchObject({ type: 'assistant', is_api_error_message: true });
    expect(result).toMatchObject({ is_error: true, api_error_status: 404, result: 'API Error: 404 gone' });
  });
});
