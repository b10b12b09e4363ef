/** What a call may cost, and who stands in for a model: as a shell sees it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, JSON_FORMAT, runPrint, STREAM } from './print-child.ts';

let api: FakeMessagesApi;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
});
afterEach(async () => await api[Symbol.asyncDispose]());

async function print(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return await runPrint({ args: ['-p', 'hi', ...args], env: { ...api.env(temporaryFolder()), ...env } });
}

test('a budget is a stop, also after the last reply', async () => {
  const budget = ['--max-budget-usd', '0.0005'];
  expect(await print(budget)).toMatchObject({
    code: 1,
    stdout: 'Error: Exceeded USD budget (0.0005)',
    stderr: '',
  });
  const { code, events } = await print([...budget, ...JSON_FORMAT]);
  expect(code).toBe(1);
  expect(events).toMatchObject([
    {
      subtype: 'error_max_budget_usd',
      is_error: true,
      total_cost_usd: 0.0008,
      terminal_reason: 'budget_exhausted',
    },
  ]);
});

test('a budget for a model without a price is refused, and kept once the price is named', async () => {
  const args = ['--model', 'mine', '--max-budget-usd', '0.5', '--output-format', 'json'];
  expect(await print(args)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^Error: --max-budget-usd 0\.5 cannot be kept: the price of mine is not known/,
    ),
  });
  expect(api.requests).toEqual([]);
  const file = path.join(temporaryFolder(), 'prices.json');
  writeFileSync(file, '{"mine": {"input": 1000, "output": 5000}}');
  expect((await print(args, { ANDWAIT_PRICES: file })).events).toMatchObject([
    { is_error: false, total_cost_usd: 0.2 },
  ]);
});

test('an overloaded model is followed by its stand-in', async () => {
  const overloaded = reply().status(529, { headers: { 'retry-after-ms': '1' } });
  api.queue(overloaded, overloaded, overloaded, reply().text('from haiku'));
  const { code, events } = await print(['--model', 'sonnet', '--fallback-model', 'haiku', ...STREAM]);
  expect(code).toBe(0);
  expect(events.map(({ type, subtype }) => subtype ?? type)).toEqual([
    'init',
    'api_retry',
    'api_retry',
    'model_fallback',
    'assistant',
    'success',
  ]);
  expect(api.requests.map(({ body }) => body['model'])).toEqual([
    ...Array.from({ length: 3 }, () => 'claude-sonnet-5-5'),
    'claude-haiku-5-5',
  ]);
});

test('the pieces of a message, as the API sent them', async () => {
  api.queue(reply().text('hello'));
  const { events } = await print([...STREAM, '--include-partial-messages']);
  const pieces = events.filter(({ type }) => type === 'stream_event').map(({ event }) => event);
  expect(pieces).toMatchObject([
    { type: 'message_start', message: { id: 'msg_1', content: [] } },
    { type: 'content_block_start', index: 0 },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hel' } },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'lo' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
    { type: 'message_stop' },
  ]);
});

test('a system prompt from a file, and one that is not there', async () => {
  const file = path.join(temporaryFolder(), 'system.txt');
  writeFileSync(file, 'FROM A FILE');
  await print(['--system-prompt-file', file]);
  expect((await api.request(1)).body).toMatchObject({ system: [{ text: 'FROM A FILE' }, {}] });
  expect(await print(['--append-system-prompt-file', '/nope'])).toMatchObject({
    code: 1,
    stderr: 'Error: Append system prompt file not found: /nope\n',
  });
});

test('agent types from a flag', async () => {
  const agents = JSON.stringify({ critic: { description: 'd', prompt: 'You find fault.', model: 'haiku' } });
  const { events } = await print(['--agents', agents, '--agent', 'critic', ...STREAM]);
  expect(events[0]).toMatchObject({ agents: expect.arrayContaining(['critic']), model: 'claude-haiku-5-5' });
  expect((await api.request(1)).body).toMatchObject({ system: [{ text: 'You find fault.' }, {}] });
  expect(await print(['--agents', '{bad'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Error: Invalid --agents configuration:\ninvalid JSON: /),
  });
});

test('a model near its end of life is no reason to say something on stderr', async () => {
  expect(await print(['--model', 'claude-sonnet-4-5'])).toMatchObject({ code: 0, stderr: '' });
});
