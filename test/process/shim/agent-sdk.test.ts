/** Anthropic's TypeScript Agent SDK, told to start our shim: what it offers its users works as it does without. Where SDK and `claude` are installed. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ANDWAIT_TEST_CLAUDE } from '../../contract/agent/programs.ts';
import { ONLY_THE_MODEL } from '../../contract/agent/real-program.ts';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { suiteFolder } from '../../support/programs/shell-project.ts';
import { SHIMS, ShimStage } from '../../support/programs/shim-stage.ts';

/** Set by whoever runs the tests: a folder in which `npm install @anthropic-ai/claude-agent-sdk` was run. */
const ANDWAIT_TEST_AGENT_SDK = process.env['ANDWAIT_TEST_AGENT_SDK'];
const CLAUDE = process.env[ANDWAIT_TEST_CLAUDE];

interface SdkMessage {
  readonly type: string;
  readonly subtype?: string;
  readonly result?: string;
  readonly structured_output?: unknown;
}
type Query = AsyncIterable<SdkMessage> & { interrupt(): Promise<void> };
type QueryFunction = (wish: { prompt: unknown; options: object }) => Query;

const suite = suiteFolder();

async function sdkStage() {
  const sdk = path.join(ANDWAIT_TEST_AGENT_SDK ?? '', 'node_modules/@anthropic-ai/claude-agent-sdk/sdk.mjs');
  const { query } = (await import(pathToFileURL(sdk).href)) as { query: QueryFunction };
  const api = await FakeMessagesApi.start();
  onTestFinished(() => api[Symbol.asyncDispose]());
  const stage = new ShimStage(suite);
  const env = {
    ...stage.env(true),
    ...api.env(stage.dir),
    PATH: [SHIMS, path.dirname(CLAUDE ?? ''), path.dirname(process.execPath), '/usr/bin:/bin'].join(':'),
    ...ONLY_THE_MODEL,
  };
  const stderr: string[] = [];
  const options = {
    env,
    cwd: stage.dir,
    pathToClaudeCodeExecutable: path.join(SHIMS, 'claude'),
    stderr: (text: string) => stderr.push(text),
  };
  const ask = (prompt: unknown, more: object = {}) => query({ prompt, options: { ...options, ...more } });
  return { api, ask, stderr, stage };
}

async function last(messages: Query): Promise<SdkMessage | undefined> {
  let found: SdkMessage | undefined;
  for await (const message of messages) found = message;
  return found;
}

describe.runIf(ANDWAIT_TEST_AGENT_SDK && CLAUDE)('the Agent SDK', () => {
  test('text, and a journalled session', async () => {
    const { api, ask, stderr, stage } = await sdkStage();
    api.queue(reply().text('hello back'));
    expect(await last(ask('hello'))).toMatchObject({
      type: 'result',
      subtype: 'success',
      result: 'hello back',
    });
    expect(stderr).toEqual([]);
    expect(stage.runs()).toHaveLength(1);
  });

  test('asks whether a tool may be used', async () => {
    const { api, ask, stage } = await sdkStage();
    api.queue(reply().tool('Bash', { command: `touch ${stage.dir}/touched` }), reply().text('done'));
    const asked: string[] = [];
    const canUseTool = async (name: string, input: object) => {
      asked.push(name);
      return { behavior: 'allow', updatedInput: input };
    };
    expect(await last(ask('use it', { canUseTool }))).toMatchObject({ result: 'done' });
    expect(asked).toEqual(['Bash']);
  });

  test('structured output', async () => {
    const { api, ask } = await sdkStage();
    api.queue(reply().tool('StructuredOutput', { a: 1 }));
    const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
    const messages = ask('a value', { outputFormat: { type: 'json_schema', schema } });
    expect(await last(messages)).toMatchObject({ structured_output: { a: 1 } });
  });

  test('streaming input, and an interrupt', async () => {
    const { api, ask } = await sdkStage();
    api.queue(reply().text('partial').hang());
    const { promise: over, resolve: end } = withResolvers();
    async function* input() {
      yield {
        type: 'user',
        message: { role: 'user', content: 'one' },
        parent_tool_use_id: null,
        session_id: '',
      };
      await over;
    }
    const messages = ask(input());
    void api.request(1).then(() => messages.interrupt());
    const seen: SdkMessage[] = [];
    try {
      for await (const message of messages) {
        seen.push(message);
        if (message.type === 'result') end();
      }
    } catch {
      // It throws for a result that is an error, once it has handed it over.
    }
    expect(seen.at(-1)).toMatchObject({ type: 'result', subtype: 'error_during_execution' });
  });
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
