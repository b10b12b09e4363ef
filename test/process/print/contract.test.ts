/** What a shell sees of `andwait-print`: the table of the measured contract, row by row. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, JSON_FORMAT, runPrint, STREAM } from './print-child.ts';

const SCHEMA =
  '{"type":"object","properties":{"name":{"type":"string"},"n":{"type":"integer"}},"required":["name","n"]}';

let api: FakeMessagesApi;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
});
afterEach(async () => await api[Symbol.asyncDispose]());

async function print(
  args: readonly string[],
  { stdin = '', env = {} }: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return await runPrint({ args, stdin, env: { ...api.env(temporaryFolder()), ...env } });
}

const types = ({ events }: Ended): string[] =>
  events.map(({ type, subtype }) => (type === 'system' ? `${type}/${subtype}` : String(type)));

describe('answers', () => {
  test('text: the final text and a line feed', async () => {
    expect(await print(['-p', 'ECHO:hi'])).toMatchObject({ code: 0, stdout: 'hi\n', stderr: '' });
  });

  test('json: the result event on one line', async () => {
    const ended = await print(['-p', 'ECHO:hi', ...JSON_FORMAT]);
    expect(ended.stdout).toMatch(/^\{.*\}\n$/);
    expect(ended.events).toEqual([
      expect.objectContaining({
        type: 'result',
        subtype: 'success',
        is_error: false,
        result: 'hi',
        num_turns: 1,
        total_cost_usd: 0.0008,
        api_error_status: null,
        permission_denials: [],
        terminal_reason: 'completed',
        duration_ms: expect.any(Number),
        duration_api_ms: expect.any(Number),
        session_id: expect.stringMatching(/^[\da-f-]{36}$/),
        uuid: expect.stringMatching(/^[\da-f-]{36}$/),
        usage: expect.objectContaining({ input_tokens: 100, output_tokens: 20 }),
        modelUsage: {
          'claude-opus-5-5': expect.objectContaining({ inputTokens: 100, outputTokens: 20, costUSD: 0.0008 }),
        },
      }),
    ]);
  });

  test('json with --verbose: every event, in one array', async () => {
    const { stdout } = await print(['-p', 'ECHO:hi', ...JSON_FORMAT, '--verbose']);
    expect((JSON.parse(stdout) as { type: string }[]).map(({ type }) => type)).toEqual([
      'system',
      'assistant',
      'result',
    ]);
  });

  test('stream-json: init, message, result', async () => {
    const ended = await print(['-p', 'ECHO:hi', ...STREAM]);
    expect(types(ended)).toEqual(['system/init', 'assistant', 'result']);
    expect(ended.events[0]).toMatchObject({
      model: 'claude-opus-5-5',
      permissionMode: 'default',
      apiKeySource: 'ANTHROPIC_API_KEY',
      tools: ['Bash', 'Read', 'Write', 'Edit', 'Glob', 'Grep', 'WebFetch', 'TodoWrite', 'Workflow'],
      cwd: '/',
    });
    expect(ended.events[1]).toMatchObject({
      message: { content: [{ type: 'text', text: 'hi' }] },
      request_id: 'req_1',
    });
    expect(new Set(ended.events.map(({ session_id }) => session_id)).size).toBe(1);
  });

  test('one event a content block', async () => {
    api.queue(reply().thinking('hm').text('a').tool('Nope', { a: 1 }), reply().text('end'));
    const ended = await print(['-p', 'hi', ...STREAM]);
    expect(types(ended)).toEqual([
      'system/init',
      'assistant',
      'assistant',
      'assistant',
      'user',
      'assistant',
      'result',
    ]);
    expect(ended.events[1]).toMatchObject({
      message: { content: [{ type: 'thinking', thinking: 'hm', signature: 'signed' }] },
    });
    expect(ended.events[3]).toMatchObject({
      message: { content: [{ type: 'tool_use', name: 'Nope', input: { a: 1 } }] },
    });
  });

  test('a text that ends with a line feed gets no second one', async () => {
    api.queue(reply().text('line\n'));
    expect((await print(['-p', 'hi'])).stdout).toBe('line\n');
  });

  test('the prompt by argument and stdin', async () => {
    expect((await print(['-p', 'arg'], { stdin: 'in' })).stdout).toBe('echo: arg\nin\n');
  });

  test('a megabyte of prompt, and as much of an answer', async () => {
    const prompt = `${'ä€😀'.repeat(100_000)}\u2028`;
    expect((await print(['-p', ...STREAM], { stdin: prompt })).events.at(-1)).toMatchObject({
      result: `echo: ${prompt}`,
    });
  });
});

describe('structured output', () => {
  test('text: the JSON', async () => {
    const ended = await print(['-p', 'JSON:{"name":"ann","n":3}', '--json-schema', SCHEMA]);
    expect(ended).toMatchObject({ code: 0, stdout: '{"name":"ann","n":3}\n' });
    expect(api.requests).toHaveLength(1);
  });

  test('json: as text and as a value', async () => {
    const { events } = await print([
      '-p',
      'JSON:{"name":"ann","n":3}',
      '--json-schema',
      SCHEMA,
      ...JSON_FORMAT,
    ]);
    expect(events).toMatchObject([
      { result: '{"name":"ann","n":3}', structured_output: { name: 'ann', n: 3 }, num_turns: 2 },
    ]);
  });

  test('asked again on a mismatch', async () => {
    const ended = await print([
      '-p',
      'BADFIRST JSON:{"name":"ann","n":3}',
      '--json-schema',
      SCHEMA,
      ...STREAM,
    ]);
    expect(types(ended)).toEqual(['system/init', 'assistant', 'user', 'assistant', 'user', 'result']);
    expect(ended.events[2]).toMatchObject({
      tool_use_result:
        "Error: Output does not match required schema: root: must have required property 'name', root: must have required property 'n'",
      message: { content: [{ type: 'tool_result', is_error: true, tool_use_id: 'toolu_1' }] },
    });
    expect(ended.events.at(-1)).toMatchObject({ structured_output: { name: 'ann', n: 3 }, num_turns: 3 });
  });

  test('never met', async () => {
    const asked = ['-p', 'JSON:{"name":"ann"}', '--json-schema', SCHEMA];
    const json = await print([...asked, ...JSON_FORMAT]);
    expect(json.code).toBe(1);
    expect(json.events).toMatchObject([
      {
        is_error: true,
        subtype: 'error_max_structured_output_retries',
        errors: [expect.stringContaining("must have required property 'n'")],
      },
    ]);
    const text = await print(asked);
    expect(text).toMatchObject({
      code: 1,
      stderr: '',
      stdout: expect.stringMatching(
        /^Error: Failed to provide valid structured output after 5 attempts .*'n'$/,
      ),
    });
  });
});

describe('errors', () => {
  test('400, text', async () => {
    expect(await print(['-p', 'FAIL:400'])).toMatchObject({
      code: 1,
      stdout: 'API Error: 400 made to fail with 400\n',
      stderr: '',
    });
  });

  test('400, json', async () => {
    const { code, events } = await print(['-p', 'FAIL:400', ...JSON_FORMAT]);
    expect(code).toBe(1);
    expect(events).toMatchObject([
      {
        is_error: true,
        subtype: 'success',
        api_error_status: 400,
        terminal_reason: 'api_error',
        result: 'API Error: 400 made to fail with 400',
      },
    ]);
  });

  test('400, stream-json: the error is a message, too', async () => {
    const ended = await print(['-p', 'FAIL:400', ...STREAM]);
    expect(types(ended)).toEqual(['system/init', 'assistant', 'result']);
    expect(ended.events[1]).toMatchObject({
      message: { model: '<synthetic>' },
      is_api_error_message: true,
      api_error_status: 400,
    });
  });

  test.each([401, 403, 404, 413])('%i is not tried again', async (status) => {
    const { code, events } = await print(['-p', `FAIL:${status}`, ...JSON_FORMAT]);
    expect(code).toBe(1);
    expect(events).toMatchObject([{ is_error: true, api_error_status: status }]);
    expect(api.requests).toHaveLength(1);
  });

  test('not logged in', async () => {
    const env = { ANTHROPIC_API_KEY: '' };
    expect(await print(['-p', 'hi'], { env })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Not logged in/),
    });
    const { events } = await print(['-p', 'hi', ...JSON_FORMAT], { env });
    expect(events).toMatchObject([
      { is_error: true, subtype: 'success', api_error_status: null, terminal_reason: 'api_error' },
    ]);
    expect(api.requests).toEqual([]);
  });

  test('an address that can never work is not tried ten times', async () => {
    const env = { ANTHROPIC_BASE_URL: 'nonsense' };
    const { code, stdout } = await print(['-p', 'hi'], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ANTHROPIC_BASE_URL is "nonsense", which is no address of an API/);
  });

  test('a key that cannot be sent is neither sent nor shown', async () => {
    const env = { ANTHROPIC_API_KEY: 'secret one\nsecret two' };
    const { code, stdout, stderr } = await print(['-p', 'hi', ...STREAM], { env });
    expect(code).toBe(1);
    expect(stdout).toContain('ANTHROPIC_API_KEY holds white space');
    expect(stdout + stderr).not.toContain('secret');
    expect(api.requests).toEqual([]);
  });

  test('a line feed at the end of a key is no part of it', async () => {
    await print(['-p', 'hi'], { env: { ANTHROPIC_API_KEY: 'key\n' } });
    expect((await api.request(1)).headers['x-api-key']).toBe('key');
  });

  test('the turn limit', async () => {
    const asked = ['-p', 'TOOL:Nope {"a":1}', '--max-turns', '1'];
    expect(await print(asked)).toMatchObject({ code: 1, stdout: 'Error: Reached max turns (1)', stderr: '' });
    const { code, events } = await print([...asked, ...JSON_FORMAT]);
    expect(code).toBe(1);
    expect(events).toMatchObject([
      { subtype: 'error_max_turns', is_error: true, errors: ['Reached maximum number of turns (1)'] },
    ]);
  });

  test('a tool denied: exit 0, and reported', async () => {
    const { code, events } = await print(['-p', 'TOOL:Write {"file_path":"/x","content":"y"}', ...STREAM]);
    expect(code).toBe(0);
    expect(events.map(({ type, subtype }) => subtype ?? type)).toEqual([
      'init',
      'assistant',
      'permission_denied',
      'user',
      'assistant',
      'success',
    ]);
    expect(events.at(-1)).toMatchObject({
      is_error: false,
      result: 'done after tool',
      permission_denials: [
        { tool_name: 'Write', tool_use_id: 'toolu_1', tool_input: { file_path: '/x', content: 'y' } },
      ],
    });
  });

  test('a stream that is cut is asked for again, from the start', async () => {
    api.queue(reply().text('half of it').cut(), reply().text('half').errorEvent(), reply().text('whole'));
    const ended = await print(['-p', 'hi', ...STREAM]);
    expect(types(ended)).toEqual([
      'system/init',
      'system/api_retry',
      'system/api_retry',
      'assistant',
      'result',
    ]);
    expect(ended.events.slice(1, 3)).toMatchObject([
      { attempt: 1, max_retries: 10, error_status: null, error: 'unknown' },
      { attempt: 2, error_status: null, error: 'overloaded' },
    ]);
    expect(ended.events.at(-1)).toMatchObject({ result: 'whole', is_error: false });
  });

  test('as many retries as the environment says', async () => {
    const env = { CLAUDE_CODE_MAX_RETRIES: '0' };
    expect(await print(['-p', 'FAIL:500'], { env })).toMatchObject({
      code: 1,
      stdout: 'API Error: 500 made to fail with 500\n',
    });
    expect(api.requests).toHaveLength(1);
    const { events } = await print(['-p', 'FAIL:529', ...STREAM], { env });
    expect(events[1]).toMatchObject({ type: 'assistant', error: 'server_error' });
  });

  test('a 429, then an answer', async () => {
    api.queue(reply().status(429, { headers: { 'retry-after-ms': '10' } }));
    const ended = await print(['-p', 'ECHO:recovered', ...STREAM]);
    expect(ended.events[1]).toMatchObject({
      subtype: 'api_retry',
      attempt: 1,
      error_status: 429,
      error: 'rate_limit',
    });
    expect(ended.events.at(-1)).toMatchObject({ result: 'recovered' });
  });
});

test.each<[string, string[], string, RegExp]>([
  ['an unknown flag', ['-p', 'hi', '--x'], '', /^error: unknown option '--x'\n$/],
  [
    'a bad choice',
    ['-p', 'hi', '--output-format', 'xml'],
    '',
    /^error: option '--output-format <format>' argument 'xml' is invalid\. Allowed choices are text, json, stream-json\.\n$/,
  ],
  [
    'stream-json without --verbose',
    ['-p', 'hi', '--output-format', 'stream-json'],
    '',
    /^Error: When using --print, --output-format=stream-json requires --verbose\n$/,
  ],
  [
    'no input',
    ['-p'],
    '',
    /^Error: Input must be provided either through stdin or as a prompt argument when using --print\n$/,
  ],
  ['white space', ['-p'], ' \n', /^Error: Input contained only whitespace\. /],
  [
    'a schema that is no JSON',
    ['-p', 'hi', '--json-schema', 'xx'],
    '',
    /^Error: --json-schema is not valid JSON: /,
  ],
  [
    'a schema that is none',
    ['-p', 'hi', '--json-schema', '{"type":"object","properties":{"a":{"$ref":"#/nope"}}}'],
    '',
    /^Error: --json-schema is not a valid JSON Schema: can't resolve reference #\/nope/,
  ],
  [
    'the same in a rehearsal',
    ['-p', 'hi', '--rehearse', '--json-schema', '{"type":"object","properties":5}'],
    '',
    /^Error: --json-schema is not a valid JSON Schema: /,
  ],
  [
    'an unknown agent',
    ['-p', 'hi', '--agent', 'nope'],
    '',
    /^--agent 'nope' not found\. Available agents: Explore, general-purpose, Plan\n$/,
  ],
])('refused with 1, before any request: %s', async (_name, args, stdin, message) => {
  const ended = await print(args, { stdin });
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
  expect(api.requests).toEqual([]);
});

test('an unknown effort is a warning', async () => {
  const ended = await print(['-p', 'ECHO:hi', '--effort', 'huge']);
  expect(ended).toMatchObject({
    code: 0,
    stdout: 'hi\n',
    stderr: expect.stringMatching(/^Warning: Unknown --effort value 'huge'/),
  });
});
