/** What the API is asked, flag by flag. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { FakeMessagesApi, type FakeRequest, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runPrint, STREAM } from './print-child.ts';

let api: FakeMessagesApi;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
});
afterEach(async () => await api[Symbol.asyncDispose]());

async function requestFor(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = '/',
): Promise<FakeRequest> {
  const ended = await runPrint({
    args: ['-p', 'the prompt', ...args],
    env: { ...api.env(temporaryFolder()), ...env },
    cwd,
  });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return await api.request(1);
}

const systemBlocks = ({ body }: FakeRequest): string[] =>
  Array.isArray(body['system']) ? body['system'].map((block) => String((block as JsonObject)['text'])) : [];

/** What is the same everywhere; what differs from place to place comes after it. */
const systemOf = (request: FakeRequest): string => systemBlocks(request)[0] ?? '';

test('a plain prompt: streamed, cached at three points, with our own short system prompt and tools', async () => {
  const request = await requestFor([]);
  expect(request.body).toMatchObject({
    model: 'claude-opus-5-5',
    max_tokens: 128_000,
    stream: true,
    system: [
      {
        type: 'text',
        text: expect.stringContaining('started by a program'),
        cache_control: { type: 'ephemeral' },
      },
      {
        type: 'text',
        text: expect.stringContaining('Working directory: /'),
        cache_control: { type: 'ephemeral' },
      },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'the prompt', cache_control: { type: 'ephemeral' } }] },
    ],
  });
  expect(request.toolNames).toEqual([
    'Bash',
    'Read',
    'Write',
    'Edit',
    'Glob',
    'Grep',
    'WebFetch',
    'TodoWrite',
    'Workflow',
  ]);
  const tools = request.body['tools'] as JsonObject[];
  expect(tools.filter((tool) => tool['cache_control'] !== undefined)).toEqual([tools.at(-1)]);
  expect(request.body).not.toHaveProperty('output_config');
});

test.each<[string[], Record<string, string>, JsonObject]>([
  [['--model', 'haiku'], {}, { model: 'claude-haiku-5-5' }],
  [['--model', 'my-own-model'], {}, { model: 'my-own-model', max_tokens: 32_000 }],
  [[], { ANTHROPIC_MODEL: 'sonnet' }, { model: 'claude-sonnet-5-5' }],
  [['--model', 'haiku'], { ANTHROPIC_MODEL: 'sonnet' }, { model: 'claude-haiku-5-5' }],
  [['--effort', 'xhigh'], {}, { output_config: { effort: 'xhigh' } }],
  [['--effort', 'xhigh', '--model', 'claude-sonnet-4-6'], {}, { output_config: { effort: 'high' } }],
])('%j %j', async (args, env, expected) => {
  expect((await requestFor(args, env)).body).toMatchObject(expected);
});

test('a model that knows no effort is not asked for one', async () => {
  expect((await requestFor(['--effort', 'high', '--model', 'claude-haiku-4-5'])).body).not.toHaveProperty(
    'output_config',
  );
});

test.each<[string[], string]>([
  [['--system-prompt', 'SYS'], 'SYS'],
  [['--system-prompt', 'SYS', '--append-system-prompt', 'MORE'], 'SYS\n\nMORE'],
])('%j', async (args, system) => {
  expect(systemOf(await requestFor(args))).toBe(system);
});

test('an empty system prompt is none: the surroundings remain', async () => {
  const blocks = systemBlocks(await requestFor(['--system-prompt', '']));
  expect(blocks).toEqual([expect.stringMatching(/^Working directory: /)]);
});

test('CLAUDE.md of the project, unless settings of projects are not to count, or nothing is', async () => {
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, 'CLAUDE.md'), 'Say please.');
  const contextWith = async (n: number, ...args: string[]): Promise<string> => {
    await runPrint({ args: ['-p', 'x', ...args], env: api.env(temporaryFolder()), cwd });
    return systemBlocks(await api.request(n)).at(-1) ?? '';
  };
  expect(await contextWith(1, '--system-prompt', 'SYS')).toContain('Say please.');
  expect(await contextWith(2, '--setting-sources', 'user')).not.toContain('Say please.');
  expect(await contextWith(3, '--bare')).not.toContain('Say please.');
});

test('something appended to our own', async () => {
  expect(systemOf(await requestFor(['--append-system-prompt', 'MORE']))).toMatch(/passed on\.\n\nMORE$/);
});

test('of a system prompt and a file of one the file counts', async () => {
  const file = path.join(temporaryFolder(), 'system.txt');
  writeFileSync(file, 'FILE');
  expect(systemOf(await requestFor(['--system-prompt', 'SYS', '--system-prompt-file', file]))).toBe('FILE');
});

test('--bare leaves three tools, of which --tools may leave fewer', async () => {
  expect((await requestFor(['--bare'])).toolNames).toEqual(['Bash', 'Read', 'Edit']);
});

test('with --bare, --tools adds none', async () => {
  expect((await requestFor(['--bare', '--tools', 'Write', 'Read'])).toolNames).toEqual(['Read']);
});

test('a key goes out as the real program sends it, a token as a bearer', async () => {
  const withKey = await requestFor([]);
  expect(withKey.headers).toMatchObject({ 'x-api-key': 'test-key' });
  expect(withKey.headers).not.toHaveProperty('authorization');
  await runPrint({
    args: ['-p', 'x'],
    env: { ...api.env(temporaryFolder()), ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: 'token' },
  });
  const withToken = await api.request(2);
  expect(withToken.headers).toMatchObject({ authorization: 'Bearer token' });
  expect(withToken.headers).not.toHaveProperty('x-api-key');
});

test.each([
  [['--tools', ''], []],
  [
    ['--tools', 'Read,Grep'],
    ['Read', 'Grep'],
  ],
  [
    ['--disallowedTools', 'Bash', 'Edit'],
    ['Read', 'Write', 'Glob', 'Grep', 'WebFetch', 'TodoWrite', 'Workflow'],
  ],
  [['--tools', 'Read', '--allowedTools', 'WebSearch'], ['Read']],
  [
    ['--tools', 'Read,WebSearch', '--allowedTools', 'WebSearch'],
    ['web_search', 'Read'],
  ],
])('offered with %j', async (args, names) => {
  expect((await requestFor(args)).toolNames).toEqual(names);
});

test('a schema becomes the input of the tool, verbatim, and the cache point moves to the last message', async () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
  };
  api.queue(reply().tool('StructuredOutput', {}), reply().tool('StructuredOutput', { n: 1 }));
  const request = await requestFor(['--tools', '', '--json-schema', JSON.stringify(schema)]);
  expect(request.body).toMatchObject({
    tool_choice: { type: 'auto' },
    tools: [{ name: 'StructuredOutput', input_schema: schema }],
  });
  expect(systemOf(request)).toMatch(/calling the StructuredOutput tool/);
  expect((await api.request(2)).messages).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'the prompt' }] },
    {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'StructuredOutput', input: {} }],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          is_error: true,
          content: expect.stringContaining("'n'"),
          cache_control: { type: 'ephemeral' },
        },
      ],
    },
  ]);
});

test('an agent type brings its prompt, its model and its tools', async () => {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, '.claude', 'agents'), { recursive: true });
  writeFileSync(
    path.join(cwd, '.claude', 'agents', 'reviewer.md'),
    '---\nname: reviewer\ndescription: reviews code\ntools: Read\nmodel: haiku\n---\nYou are a reviewer.\n',
  );
  api.queue(reply().tool('Bash', { command: 'ls' }));
  const ended = await runPrint({
    args: ['-p', 'the prompt', '--agent', 'reviewer', '--append-system-prompt', 'MORE', ...STREAM],
    env: api.env(temporaryFolder()),
    cwd,
  });
  const request = await api.request(1);
  expect(systemOf(request)).toBe('You are a reviewer.\n\nMORE');
  expect(request.body['model']).toBe('claude-haiku-5-5');
  expect(ended.events[0]).toMatchObject({ agents: ['Explore', 'general-purpose', 'Plan', 'reviewer'] });
  expect(ended.events[2]).toMatchObject({
    tool_use_result: expect.stringContaining('Bash is disabled for this session'),
  });
});

test('a model of the flags beats the one of the agent type', async () => {
  expect((await requestFor(['--agent', 'Explore', '--model', 'sonnet'])).body).toMatchObject({
    model: 'claude-sonnet-5-5',
    system: [{ text: expect.stringContaining('explore a code base') }, {}],
  });
});

test('a session goes by the id it is given', async () => {
  const id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  const ended = await runPrint({
    args: ['-p', 'x', '--session-id', id, ...STREAM],
    env: api.env(temporaryFolder()),
  });
  expect(ended.events.map(({ session_id }) => session_id)).toEqual([id, id, id]);
});
