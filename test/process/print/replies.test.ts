/** Replies that are no answer, or not whole: what a shell gets of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runPrint, STREAM } from './print-child.ts';

let api: FakeMessagesApi;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
});
afterEach(async () => await api[Symbol.asyncDispose]());

type Replies = readonly ReturnType<typeof reply>[];

const cut = () => reply().text('piece ').stop('max_tokens');

test.each<[string, Replies, { code: number; result: unknown; error?: boolean; names: string[] }]>([
  [
    'half a stream that ends in good order is asked for again',
    [reply().text('half').half(), reply().text('whole')],
    { code: 0, result: 'whole', names: ['api_retry', 'assistant', 'result'] },
  ],
  [
    'a stream without any message, too',
    [reply().half(), reply().text('whole')],
    { code: 0, result: 'whole', names: ['api_retry', 'assistant', 'result'] },
  ],
  [
    'an answer in two pieces is one',
    [cut(), reply().text('and end')],
    { code: 0, result: 'piece and end', names: ['assistant', 'user', 'assistant', 'result'] },
  ],
  [
    'one in ever more pieces is none',
    [cut(), cut(), cut(), cut()],
    {
      code: 1,
      error: true,
      result: expect.stringMatching(/^API Error: the reply was cut off/),
      names: [
        ...['assistant', 'user', 'assistant', 'user', 'assistant', 'user'],
        'assistant',
        'assistant',
        'result',
      ],
    },
  ],
  [
    'refused twice',
    [reply().text('hm').stop('refusal'), reply().stop('refusal')],
    {
      code: 1,
      error: true,
      result: expect.stringMatching(/^API Error: the safeguards/),
      names: ['assistant', 'informational', 'user', 'assistant', 'result'],
    },
  ],
  ['nothing, twice', [reply(), reply()], { code: 0, result: '', names: ['user', 'result'] }],
])('%s', async (_name, replies, { code, result, error = false, names }) => {
  api.queue(...replies);
  const ended = await runPrint({ args: ['-p', 'hi', ...STREAM], env: api.env(temporaryFolder()) });
  expect(ended).toMatchObject({ code, stderr: '' });
  const [, ...events] = ended.events;
  expect(events.map(({ type, subtype }) => (type === 'system' ? subtype : type))).toEqual(names);
  expect(events.at(-1)).toMatchObject({ subtype: 'success', is_error: error, result });
});
