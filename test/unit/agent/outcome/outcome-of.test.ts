import { describe, expect, test } from 'vitest';
import type { AgentFacts } from '../../../../src/agent/outcome/agent-facts.ts';
import { outcomeOf } from '../../../../src/agent/outcome/outcome-of.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { Failure, Outcome } from '../../../../src/core/outcome.ts';

const FACTS: AgentFacts = {
  result: undefined,
  model: 'some-model',
  sessionId: 's-init',
  lastText: undefined,
  saidInterrupted: false,
  malformedLines: 0,
  malformedStart: undefined,
  tooLongLines: 0,
  stderrTail: '',
  end: { kind: 'exited', code: 0 },
  endedBy: undefined,
  wantsStructured: false,
};

const RESULT: JsonObject = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: 'done',
  num_turns: 2,
};
const API_ERROR = { is_error: true, terminal_reason: 'api_error', subtype: 'success' };
const TERMINATED = { kind: 'signalled', signal: 'SIGTERM' } as const;
const KILLED = { kind: 'signalled', signal: 'SIGKILL' } as const;

const exit = (code: number) => ({ kind: 'exited', code }) as const;
const result = (over: JsonObject = {}) => ({ ...RESULT, ...over });
const outcome = (over: Partial<AgentFacts>): Outcome => outcomeOf({ ...FACTS, ...over });
const structured = { result: result({ structured_output: { n: 1 } }), wantsStructured: true };

describe('a schema that was never met keeps what came instead', () => {
  const instead = (over: Partial<AgentFacts>) => {
    const subtype = 'error_max_structured_output_retries';
    return outcome({
      wantsStructured: true,
      ...over,
      result: result({ is_error: true, subtype, result: null }),
    }).text;
  };
  test.each([
    ['what it said', { lastText: 'I cannot' }, 'I cannot'],
    ['what it handed over', { lastValue: '{"n":"x"}' }, '{"n":"x"}'],
    ['both', { lastText: 'Here:', lastValue: '{"n":"x"}' }, 'Here:\n{"n":"x"}'],
    ['nothing', {}, undefined],
  ])('%s', (_name, facts, text) => expect(instead(facts)).toBe(text));

  test('so far', () => {
    const text = instead({ lastText: 'x'.repeat(100_000) }) ?? '';
    expect(text.length).toBeLessThan(66_000);
    expect(text).toMatch(/… \(100000 characters; the transcript has them all\)$/);
  });
});

test.each([
  ['that was killed', { end: KILLED }, true],
  ['out of time', { endedBy: { kind: 'timeout', limitMs: 1 }, end: TERMINATED }, true],
  ['that failed with a result', { result: result(API_ERROR), end: exit(1) }, undefined],
  ['that never ran', { end: { kind: 'not-started', message: 'x' } }, undefined],
] as const)('an agent %s: unmetered %s', (_name, facts, isUnmetered) => {
  expect(outcome(facts).unmetered).toBe(isUnmetered);
});

describe('replies', () => {
  test.each<readonly [string, Partial<AgentFacts>, { text: string; structured?: unknown }]>([
    ['a result and exit 0', { result: result() }, { text: 'done' }],
    ['an empty result', { result: result({ result: '' }) }, { text: '' }],
    [
      'a slash command’s answer, without a turn',
      { result: result({ num_turns: 0, result: 'cost: 0' }) },
      { text: 'cost: 0' },
    ],
    [
      'no text in the result: the last message',
      { result: result({ result: null }), lastText: 'said' },
      { text: 'said' },
    ],
    ['a text of the wrong type, and no message', { result: result({ result: 42 }) }, { text: '' }],
    [
      'ended by us after its result, by TERM',
      { result: result(), endedBy: { kind: 'grace' }, end: TERMINATED },
      { text: 'done' },
    ],
    [
      'ended by us after its result, by KILL',
      { result: result(), endedBy: { kind: 'grace' }, end: KILLED },
      { text: 'done' },
    ],
    [
      'ended by us after its result, with 143',
      { result: result(), endedBy: { kind: 'grace' }, end: exit(143) },
      { text: 'done' },
    ],
    [
      'bad lines beside a good result',
      { result: result(), malformedLines: 3, tooLongLines: 1 },
      { text: 'done' },
    ],
    ['a denied tool', { result: result({ permission_denials: [{ tool_name: 'Bash' }] }) }, { text: 'done' }],
    ['an interruption that was got over', { result: result(), saidInterrupted: true }, { text: 'done' }],
    ['a structured value', structured, { text: 'done', structured: { n: 1 } }],
    [
      'a structured value that is false',
      { result: result({ structured_output: false }), wantsStructured: true },
      { text: 'done', structured: false },
    ],
    [
      'a structured value nobody asked for',
      { result: result({ structured_output: { n: 1 } }) },
      { text: 'done', structured: undefined },
    ],
  ])('%s', (_name, facts, expected) => {
    expect(outcome(facts)).toMatchObject({ kind: 'reply', ...expected });
  });
});

describe('failures', () => {
  test.each<readonly [string, Partial<AgentFacts>, Failure['reason'], RegExp]>([
    [
      'stopped before anything else',
      { endedBy: { kind: 'stopped' }, end: TERMINATED },
      'stopped',
      /stopped by andwait/,
    ],
    [
      'stopped, and a result all the same',
      { endedBy: { kind: 'stopped' }, result: result() },
      'stopped',
      /./,
    ],
    [
      'stopped before it could start',
      { endedBy: { kind: 'stopped' }, end: { kind: 'not-started', message: 'x' } },
      'stopped',
      /./,
    ],
    [
      'never started',
      { end: { kind: 'not-started', message: 'no such program' } },
      'spawn-failed',
      /^no such program$/,
    ],
    [
      'asked for with more than a command line holds, which no other host can start either',
      { end: { kind: 'not-started', message: 'too much', isTooLarge: true } },
      'too-large',
      /^too much$/,
    ],
    ['out of time', { endedBy: { kind: 'timeout', limitMs: 90_000 }, end: TERMINATED }, 'timeout', /90 s/],
    [
      'out of time, after a result that was not the last',
      { endedBy: { kind: 'timeout', limitMs: 1 }, result: result() },
      'timeout',
      /./,
    ],
    ['exit 0 without a result', {}, 'no-result', /status 0/],
    [
      'exit 1 without a result',
      { end: exit(1), stderrTail: 'a\nError: bad flag\n\n' },
      'no-result',
      /status 1 .*“Error: bad flag”/,
    ],
    ['exit without a result, in silence', { end: exit(1) }, 'no-result', /nothing to stderr/],
    [
      'another program under its name',
      { malformedLines: 2, malformedStart: 'usage: claude' },
      'no-result',
      /2 lines .*“usage: claude”/,
    ],
    [
      'its output closed, and ended by us',
      { endedBy: { kind: 'grace' }, end: TERMINATED },
      'no-result',
      /closed its output/,
    ],
    ['a signal without a result', { end: TERMINATED }, 'killed', /SIGTERM/],
    ['SIGKILL without a result', { end: KILLED }, 'killed', /memory/],
    ['a signal that was caught (143)', { end: exit(143) }, 'killed', /SIGTERM/],
    ['a signal that was caught (129)', { end: exit(129) }, 'killed', /SIGHUP/],
    ['a signal after a good result', { result: result(), end: KILLED }, 'killed', /after its result/],
    [
      'a bad exit status after a good result',
      { result: result(), end: exit(2), stderrTail: 'oops' },
      'exit',
      /status 2.*“oops”/,
    ],
    [
      'interrupted, with a result: in a message',
      {
        result: result({
          is_error: true,
          subtype: 'error_during_execution',
          terminal_reason: 'aborted_streaming',
        }),
      },
      'interrupted',
      /SIGINT/,
    ],
    [
      'interrupted, with a result: in a tool',
      { result: result({ is_error: true, terminal_reason: 'aborted_tools' }) },
      'interrupted',
      /SIGINT/,
    ],
    ['interrupted, without a result and with exit 0', { saidInterrupted: true }, 'interrupted', /SIGINT/],
    ['a line too large to keep, and no result', { tooLongLines: 1 }, 'too-large', /a line/],
    [
      'a line too large to keep, then closed',
      { tooLongLines: 2, endedBy: { kind: 'grace' } },
      'too-large',
      /2 lines/,
    ],
    [
      'an API error',
      { result: result({ ...API_ERROR, api_error_status: 400, result: 'API Error: 400 no' }), end: exit(1) },
      'api-error',
      /^API Error: 400 no$/,
    ],
    [
      'an API error with exit 0',
      { result: result({ ...API_ERROR, api_error_status: 400 }) },
      'api-error',
      /^done$/,
    ],
    [
      'an API error without a word',
      { result: result({ ...API_ERROR, api_error_status: 500, result: '' }), end: exit(1) },
      'api-error',
      /did not say how/,
    ],
    [
      'not logged in',
      {
        result: result({ ...API_ERROR, api_error_status: null, result: 'Not logged in · Please run /login' }),
        end: exit(1),
      },
      'api-error',
      /set ANTHROPIC_API_KEY/,
    ],
    [
      'out of turns',
      {
        result: {
          type: 'result',
          is_error: true,
          subtype: 'error_max_turns',
          errors: ['Reached maximum number of turns (1)'],
        },
        end: exit(1),
      },
      'max-turns',
      /turns \(1\)/,
    ],
    [
      'a schema never met',
      {
        result: {
          type: 'result',
          is_error: true,
          subtype: 'error_max_structured_output_retries',
          errors: ['after 5 attempts: root: must have name'],
        },
        wantsStructured: true,
        end: exit(1),
      },
      'schema-never-met',
      /must have name/,
    ],
    [
      'a schema, and success without a value',
      { result: result(), wantsStructured: true },
      'schema-never-met',
      /“done”/,
    ],
    [
      'a schema, and null for a value',
      { result: result({ structured_output: null }), wantsStructured: true },
      'schema-never-met',
      /./,
    ],
    [
      'another error',
      {
        result: result({ is_error: true, subtype: 'error_during_execution', errors: ['boom'], result: null }),
      },
      'agent-error',
      /error_during_execution.*“boom”/,
    ],
    ['an error that says success', { result: result({ is_error: true }) }, 'agent-error', /is_error.*“done”/],
    [
      'a result that does not say whether',
      { result: { type: 'result', subtype: 'success', result: 'done' } },
      'agent-error',
      /./,
    ],
    [
      'a failed result that we had to end',
      { result: result({ is_error: true }), endedBy: { kind: 'grace' }, end: KILLED },
      'agent-error',
      /./,
    ],
  ])('%s', (_name, facts, reason, message) => {
    const failure = outcome(facts);
    expect(failure).toMatchObject({ kind: 'failure', reason });
    expect((failure as Failure).message).toMatch(message);
  });

  test('the status of the API is kept', () => {
    const of = (status: unknown) =>
      outcome({ result: result({ ...API_ERROR, api_error_status: status as number }) });
    expect(of(529)).toMatchObject({ apiStatus: 529 });
    expect(of(null)).toMatchObject({ apiStatus: undefined });
    expect(of('529')).toMatchObject({ apiStatus: undefined });
  });

  test('what was paid for is kept: text, account, stderr', () => {
    expect(outcome({ end: KILLED, lastText: 'half', stderrTail: 'tail' })).toMatchObject({
      text: 'half',
      stderrTail: 'tail',
      sessionId: 's-init',
      model: 'some-model',
    });
    expect(outcome({ endedBy: { kind: 'stopped' }, result: result({ total_cost_usd: 2 }) })).toMatchObject({
      text: 'done',
      costUsd: 2,
    });
  });

  test('a message quotes one bounded line, whatever was said', () => {
    const { message } = outcome({
      result: result({ is_error: true, result: 'a\n\tb '.repeat(10_000) }),
    }) as Failure;
    expect(message.length).toBeLessThan(500);
    expect(message).not.toMatch(/[\n\t]/);
  });
});

describe('the account', () => {
  const usage = {
    input_tokens: 10,
    output_tokens: 20,
    cache_read_input_tokens: 30,
    cache_creation_input_tokens: 40,
  };
  const counted = (inputTokens: number, outputTokens: number) => ({
    inputTokens,
    outputTokens,
    cacheReadInputTokens: 1,
    cacheCreationInputTokens: 2,
  });

  test('of one turn', () => {
    const account = { total_cost_usd: 0.25, usage, num_turns: 3, session_id: 's-result' };
    expect(outcome({ result: result(account) })).toMatchObject({
      usage: { inputTokens: 10, outputTokens: 20, cacheReadTokens: 30, cacheCreationTokens: 40 },
      costUsd: 0.25,
      turns: 3,
      sessionId: 's-result',
      model: 'some-model',
    });
  });

  test('of all models, agents of the agent included', () => {
    const modelUsage = { big: counted(100, 200), small: counted(1, 2) };
    expect(outcome({ result: result({ usage, modelUsage }) })).toMatchObject({
      usage: { inputTokens: 101, outputTokens: 202, cacheReadTokens: 2, cacheCreationTokens: 4 },
    });
  });

  test.each<readonly [string, JsonObject]>([
    ['missing', {}],
    [
      'of the wrong types',
      { usage: 'many', modelUsage: [], total_cost_usd: '1', num_turns: {}, permission_denials: 'none' },
    ],
    [
      'null',
      { usage: null, modelUsage: null, total_cost_usd: null, num_turns: null, permission_denials: null },
    ],
    ['negative', { usage: { input_tokens: -1, output_tokens: -1 }, total_cost_usd: -1, num_turns: -1 }],
    [
      'no numbers',
      {
        usage: { input_tokens: Number.NaN, output_tokens: Number.POSITIVE_INFINITY },
        total_cost_usd: Number.NaN,
      },
    ],
    ['odd inside', { modelUsage: { a: null, b: 3 }, permission_denials: [null, 3, {}, { tool_name: 7 }] }],
  ])('that is %s counts as nothing told', (_name, fields) => {
    const { num_turns, ...bare } = RESULT;
    expect(num_turns).toBe(2);
    expect(outcome({ result: { ...bare, ...fields } })).toMatchObject({
      kind: 'reply',
      usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 },
      costUsd: null,
      turns: 0,
      denials: [],
    });
  });

  test('of denied tools', () => {
    const denials = [
      { tool_name: 'Bash', tool_use_id: 't-1', tool_input: { command: 'rm' } },
      { tool_name: 'Write' },
    ];
    expect(outcome({ result: result({ permission_denials: denials }) }).denials).toEqual([
      { toolName: 'Bash', toolUseId: 't-1', toolInput: { command: 'rm' } },
      { toolName: 'Write', toolUseId: '', toolInput: null },
    ]);
  });
});
