/** Sessions across processes: gone on with, forked, cut by a kill, and left alone where nothing is to be kept. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { FakeMessagesApi, type FakeRequest, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, JSON_FORMAT, runPrint, STREAM, startPrint } from './print-child.ts';

const ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

let api: FakeMessagesApi;
let home: string;
let cwd: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  home = temporaryFolder();
  cwd = temporaryFolder();
});
afterEach(async () => await api[Symbol.asyncDispose]());

const call = (...args: string[]) => ({ args: ['-p', ...args, ...JSON_FORMAT], env: api.env(home), cwd });
const print = async (...args: string[]): Promise<Ended> => await runPrint(call(...args));

const textsOf = ({ messages }: FakeRequest): unknown[] =>
  messages.map(({ role, content }) => [
    role,
    (content as JsonObject[]).map((block) => block['text'] ?? block['type']).join(' '),
  ]);

function sessionFiles(): string[] {
  const projects = path.join(home, '.claude', 'projects');
  return existsSync(projects)
    ? readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'))
    : [];
}

test('named, gone on with by name and as the latest, in a file for its owner alone', async () => {
  api.queue(reply().text('one'), reply().text('two'), reply().text('three'));
  await print('first', '--session-id', ID);
  expect((await print('second', '--resume', ID)).events).toMatchObject([{ session_id: ID, result: 'two' }]);
  expect((await print('third', '-c')).events).toMatchObject([{ session_id: ID, result: 'three' }]);
  expect(textsOf(await api.request(3))).toEqual([
    ['user', 'first'],
    ['assistant', 'one'],
    ['user', 'second'],
    ['assistant', 'two'],
    ['user', 'third'],
  ]);
  const [file = ''] = sessionFiles();
  expect(file).toBe(path.join(cwd.replace(/[^a-zA-Z0-9]/g, '-'), `${ID}.jsonl`));
  expect(statSync(path.join(home, '.claude', 'projects', file)).mode & 0o777).toBe(0o600);
});

test('a fork leaves what it comes from as it was', async () => {
  api.queue(reply().text('one'), reply().text('two'), reply().text('three'));
  await print('first', '--session-id', ID);
  const before = readFileSync(path.join(home, '.claude', 'projects', sessionFiles()[0] ?? ''), 'utf8');
  const [forked] = (await print('second', '-r', ID, '--fork-session')).events;
  expect(forked).toMatchObject({ result: 'two', session_id: expect.not.stringMatching(ID) });
  expect(sessionFiles()).toHaveLength(2);
  const original = sessionFiles().find((name) => name.includes(ID)) ?? '';
  expect(readFileSync(path.join(home, '.claude', 'projects', original), 'utf8')).toBe(before);
  await print('third', '-r', String(forked?.['session_id']));
  expect(textsOf(await api.request(3)).map((pair) => (pair as string[])[1])).toEqual([
    'first',
    'one',
    'second',
    'two',
    'third',
  ]);
});

test('cut by SIGKILL, it goes on after its last whole message', async () => {
  api.queue(reply().text('looking').tool('Nope', { a: 1 }), reply().text('half').hang(), reply().text('on'));
  const { child, ended } = startPrint(call('first', '--session-id', ID));
  await api.request(2);
  child.kill('SIGKILL');
  expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  expect((await print('and now?', '-r', ID)).events).toMatchObject([{ result: 'on', is_error: false }]);
  expect(textsOf(await api.request(3))).toEqual([
    ['user', 'first'],
    ['assistant', 'looking tool_use'],
    ['user', 'tool_result'],
    ['user', 'and now?'],
  ]);
});

test('cut by SIGKILL while a tool runs, its call is answered: it may have run', async () => {
  const fifo = path.join(cwd, 'fifo');
  execFileSync('mkfifo', [fifo]);
  api.queue(reply().tool('Bash', { command: `cat ${fifo}` }), reply().text('on'));
  const { child, ended } = startPrint(call('first', '--session-id', ID, '--allowedTools', 'Bash'));
  // Opens once the command reads.
  await using _writer = await open(fifo, 'w');
  child.kill('SIGKILL');
  expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  expect((await print('and now?', '-r', ID)).events).toMatchObject([{ result: 'on', is_error: false }]);
  expect((await api.request(2)).messages.at(-1)?.['content']).toMatchObject([
    { type: 'tool_result', is_error: true, content: expect.stringContaining('No result of this call') },
    { type: 'text', text: 'and now?' },
  ]);
});

test('with --no-session-persistence nothing is left', async () => {
  await print('first', '--no-session-persistence');
  expect(sessionFiles()).toEqual([]);
});

test('an unknown one, stream-json: whoever waits for a result gets one', async () => {
  const unknown = '3f2504e0-4f89-41d3-9a0c-0305e82c3302';
  const message = `No conversation found with session ID: ${unknown}`;
  const ended = await runPrint({
    ...call('hi', '-r', unknown),
    args: ['-p', 'hi', '-r', unknown, ...STREAM],
  });
  expect(ended).toMatchObject({ code: 1, stderr: `${message}\n` });
  expect(ended.events).toEqual([
    expect.objectContaining({
      type: 'result',
      subtype: 'error_during_execution',
      is_error: true,
      num_turns: 0,
      session_id: unknown,
      errors: [message],
    }),
  ]);
  expect(api.requests).toEqual([]);
});

test.each<[string[], RegExp]>([
  [['-r', '3f2504e0-4f89-41d3-9a0c-0305e82c3302'], /^No conversation found with session ID: 3f2504e0/],
  [['-r', 'nonsense'], /^Error: --resume requires a valid session ID/],
  [
    ['-c', '--session-id', ID],
    /^Error: --session-id with --continue or --resume also needs --fork-session\.\n$/,
  ],
])('refused with 1, before any request: %j', async (args, message) => {
  expect(await print('hi', ...args)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(message),
  });
  expect(api.requests).toEqual([]);
});
