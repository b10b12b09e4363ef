import { expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { McpAsker } from '../../../../src/print/mcp/mcp-asker.ts';

const USE = { name: 'Bash', input: { command: 'ls' }, useId: 'toolu_1' };
const text = (answer: unknown): JsonObject => ({
  content: [{ type: 'text', text: typeof answer === 'string' ? answer : JSON.stringify(answer) }],
});

async function asked(answer: JsonObject | Error) {
  const calls: JsonObject[] = [];
  const asker = new McpAsker('mcp__s__approve', async (given) => {
    calls.push(given);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { answer: await asker.ask(USE, 'why', new AbortController().signal), calls };
}

test('is told what is to be done', async () => {
  const { calls } = await asked(text({ behavior: 'allow' }));
  expect(calls).toEqual([{ tool_name: 'Bash', input: { command: 'ls' }, tool_use_id: 'toolu_1' }]);
});

test.each([
  [{ behavior: 'allow' }, { kind: 'allow', input: { command: 'ls' } }],
  [
    { behavior: 'allow', updatedInput: { command: 'pwd' } },
    { kind: 'allow', input: { command: 'pwd' } },
  ],
  [
    { behavior: 'deny', message: 'no way' },
    { kind: 'deny', message: 'no way' },
  ],
])('%j', async (given, expected) => {
  expect((await asked(text(given))).answer).toEqual(expected);
});

const ALLOW = { behavior: 'allow' };

test.each<[string, JsonObject | Error]>([
  ['something else', text('yes')],
  ['another behavior', text({ behavior: 'ask' })],
  ['an input that is none', text({ behavior: 'allow', updatedInput: 'ls' })],
  ['a denial without a message', text({ behavior: 'deny' })],
  ['a list', text([ALLOW])],
  ['nothing', {}],
  ['no block', { content: [] }],
  [
    'two blocks',
    {
      content: [
        { type: 'text', text: '{"behavior":"allow"}' },
        { type: 'text', text: '' },
      ],
    },
  ],
  ['a picture', { content: [{ type: 'image', data: '', mimeType: 'image/png' }] }],
  ['structured content alone', { content: [], structuredContent: ALLOW }],
  ['an error that says yes', { ...text(ALLOW), isError: true }],
  ['a server that died', new Error('Connection closed')],
])('%s counts as no', async (_title, given) => {
  const { answer } = await asked(given);
  expect(answer).toEqual({
    kind: 'deny',
    message: expect.stringMatching(
      /^The permission prompt tool mcp__s__approve gave no valid answer, which counts as no: ./,
    ),
  });
});

test('an interruption is no answer', async () => {
  const stop = new AbortController();
  const asker = new McpAsker('t', async () => {
    stop.abort(new Error('stop'));
    throw new Error('cancelled');
  });
  await expect(asker.ask(USE, 'why', stop.signal)).rejects.toThrow('stop');
});
