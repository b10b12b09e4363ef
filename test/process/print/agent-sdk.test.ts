/** Anthropic's TypeScript Agent SDK, told to start andwait-print in Claude Code's place: it runs unchanged. Where the SDK is installed. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Set by whoever runs the tests: a folder in which `npm install @anthropic-ai/claude-agent-sdk` was run. */
const ANDWAIT_TEST_AGENT_SDK = process.env['ANDWAIT_TEST_AGENT_SDK'];

const PROGRAM = path.resolve(import.meta.dirname, '../../../dist/andwait-print.js');

interface SdkMessage {
  readonly type: string;
  readonly subtype?: string;
  readonly result?: string;
  readonly session_id?: string;
  readonly structured_output?: unknown;
  readonly permission_denials?: unknown;
}
type Query = AsyncIterable<SdkMessage> & {
  interrupt(): Promise<void>;
  setModel(model: string): Promise<void>;
  setPermissionMode(mode: string): Promise<void>;
};
type QueryFunction = (wish: { prompt: unknown; options: object }) => Query;

async function stage() {
  const sdk = path.join(ANDWAIT_TEST_AGENT_SDK ?? '', 'node_modules/@anthropic-ai/claude-agent-sdk/sdk.mjs');
  const { query } = (await import(pathToFileURL(sdk).href)) as { query: QueryFunction };
  const api = await FakeMessagesApi.start();
  onTestFinished(() => api[Symbol.asyncDispose]());
  const home = temporaryFolder();
  const cwd = temporaryFolder();
  const stderr: string[] = [];
  const options = {
    env: { ...api.env(home), PATH: [path.dirname(process.execPath), '/usr/bin:/bin'].join(':') },
    cwd,
    pathToClaudeCodeExecutable: PROGRAM,
    stderr: (text: string) => stderr.push(text),
  };
  const ask = (prompt: unknown, more: object = {}) => query({ prompt, options: { ...options, ...more } });
  return { api, ask, stderr, cwd };
}

/** Everything up to the end; an SDK throws for a result that is an error, once it has handed it over. */
async function messagesOf(messages: Query): Promise<SdkMessage[]> {
  const seen: SdkMessage[] = [];
  try {
    for await (const message of messages) seen.push(message);
  } catch (error) {
    if (seen.at(-1)?.type !== 'result') throw error;
  }
  return seen;
}

const said = (content: string): object => ({
  type: 'user',
  message: { role: 'user', content },
  parent_tool_use_id: null,
  session_id: '',
});

describe.runIf(ANDWAIT_TEST_AGENT_SDK)('the Agent SDK', () => {
  test('text', async () => {
    const { api, ask, stderr } = await stage();
    api.queue(reply().text('hello back'));
    const messages = await messagesOf(ask('hello'));
    expect(messages.map(({ type }) => type)).toEqual(['system', 'assistant', 'result']);
    expect(messages.at(-1)).toMatchObject({ subtype: 'success', result: 'hello back' });
    expect(stderr).toEqual([]);
  });

  test('a system prompt, agents and partial messages', async () => {
    const { api, ask } = await stage();
    api.queue(reply().text('hello back'));
    const agents = { critic: { description: 'finds fault', prompt: 'You find fault.' } };
    const messages = await messagesOf(
      ask('hello', { systemPrompt: 'SYS', agents, includePartialMessages: true, model: 'haiku' }),
    );
    expect((await api.request(1)).body).toMatchObject({
      model: 'claude-haiku-5-5',
      system: [{ text: 'SYS' }, {}],
    });
    expect(messages[0]).toMatchObject({ agents: expect.arrayContaining(['critic']) });
    const pieces = messages.filter(({ type }) => type === 'stream_event');
    expect(pieces[0]).toMatchObject({ event: { type: 'message_start' } });
    expect(pieces.at(-1)).toMatchObject({ event: { type: 'message_stop' } });
  });

  test('a tool, once it is allowed, with the input that was allowed', async () => {
    const { api, ask, cwd } = await stage();
    api.queue(reply().tool('Bash', { command: 'touch asked' }), reply().text('done'));
    const asked: string[] = [];
    const canUseTool = async (name: string) => {
      asked.push(name);
      return { behavior: 'allow', updatedInput: { command: 'touch answered' } };
    };
    expect((await messagesOf(ask('use it', { canUseTool }))).at(-1)).toMatchObject({
      result: 'done',
      permission_denials: [],
    });
    expect(asked).toEqual(['Bash']);
    expect([existsSync(path.join(cwd, 'asked')), existsSync(path.join(cwd, 'answered'))]).toEqual([
      false,
      true,
    ]);
  });

  test('a tool that is denied: the model is told why, and so is the program', async () => {
    const { api, ask, cwd } = await stage();
    const input = { file_path: path.join(cwd, 'x'), content: 'y' };
    api.queue(reply().tool('Write', input), reply().text('well'));
    const canUseTool = async () => ({ behavior: 'deny', message: 'not today' });
    expect((await messagesOf(ask('write', { canUseTool }))).at(-1)).toMatchObject({
      result: 'well',
      permission_denials: [{ tool_name: 'Write', tool_use_id: 'toolu_1', tool_input: input }],
    });
    expect((await api.request(2)).messages.at(-1)).toMatchObject({
      content: [{ type: 'tool_result', is_error: true, content: 'not today' }],
    });
    expect(existsSync(input.file_path)).toBe(false);
  });

  test('structured output', async () => {
    const { api, ask } = await stage();
    api.queue(reply().tool('StructuredOutput', { a: 1 }));
    const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
    const messages = await messagesOf(ask('a value', { outputFormat: { type: 'json_schema', schema } }));
    expect(messages.at(-1)).toMatchObject({ structured_output: { a: 1 } });
  });

  test('several turns, an interrupt in the first, another model for the second', async () => {
    const { api, ask } = await stage();
    api.queue(reply().text('partial').hang(), reply().text('second'));
    const { promise: firstIsOver, resolve: endFirst } = withResolvers();
    async function* input() {
      yield said('one');
      await firstIsOver;
      yield said('two');
    }
    const messages = ask(input());
    void api.request(1).then(() => messages.interrupt());
    const results: SdkMessage[] = [];
    for await (const message of messages) {
      if (message.type !== 'result') continue;
      results.push(message);
      if (results.length === 2) break;
      await messages.setModel('haiku');
      endFirst();
    }
    expect(results).toMatchObject([
      { subtype: 'error_during_execution' },
      { subtype: 'success', result: 'second' },
    ]);
    const second = await api.request(2);
    expect(second.body['model']).toBe('claude-haiku-5-5');
    expect(second.messages.map(({ role }) => role)).toEqual(['user', 'user', 'user']);
  });

  test('a session is gone on with, and forked', async () => {
    const { api, ask } = await stage();
    api.queue(reply().text('first'), reply().text('second'), reply().text('third'));
    const id = (await messagesOf(ask('one'))).at(-1)?.session_id;
    expect((await messagesOf(ask('two', { resume: id }))).at(-1)).toMatchObject({
      session_id: id,
      result: 'second',
    });
    const forked = (await messagesOf(ask('three', { resume: id, forkSession: true }))).at(-1);
    expect(forked).toMatchObject({ result: 'third' });
    expect(forked?.session_id).not.toBe(id);
    expect(
      (await api.request(3)).messages.map(({ content }) => (content as { text: string }[])[0]?.text),
    ).toEqual(['one', 'first', 'two', 'second', 'three']);
  });

  test('what is not supported is refused, and named, before anything is asked of a model', async () => {
    const { api, ask, stderr } = await stage();
    const hooks = { PreToolUse: [{ hooks: [async () => ({})] }] };
    await expect(messagesOf(ask('hello', { hooks }))).rejects.toThrow(/exited with code 1/);
    expect(stderr.join('')).toMatch(/runs no hooks of its host: leave PreToolUse out/);
    expect(api.requests).toEqual([]);
  });
});

test.skipIf(ANDWAIT_TEST_AGENT_SDK)(
  'the Agent SDK: set ANDWAIT_TEST_AGENT_SDK to the folder it is installed in',
  ({ skip }) => skip(),
);

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
