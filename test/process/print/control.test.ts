/** The control protocol over real pipes, as any host speaks it: permissions asked for, a turn interrupted, a mode changed in between. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { StreamItemReader } from '../../../src/wire/events/stream-item.ts';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { STREAM, startPrint } from './print-child.ts';

let api: FakeMessagesApi;
let cwd: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  cwd = temporaryFolder();
});
afterEach(async () => await api[Symbol.asyncDispose]());

/** Calls back for each line; what it returns is sent. */
function host(
  child: ChildProcess,
  answer: (event: JsonObject) => readonly JsonObject[] | 'end' | undefined,
): void {
  const reader = new StreamItemReader((item) => {
    const replies = item.kind === 'event' ? answer(item.event) : undefined;
    if (replies === 'end') child.stdin?.end();
    else for (const each of replies ?? []) send(child, each);
  });
  child.stdout?.on('data', (chunk: Buffer) => reader.push(chunk));
}

const send = (child: ChildProcess, line: JsonObject): void =>
  void child.stdin?.write(`${JSON.stringify(line)}\n`);
const said = (content: string): JsonObject => ({ type: 'user', message: { role: 'user', content } });
const asked = (id: string, request: JsonObject): JsonObject => ({
  type: 'control_request',
  request_id: id,
  request,
});
const answered = ({ request_id }: JsonObject, response: JsonObject): JsonObject => ({
  type: 'control_response',
  response: { subtype: 'success', request_id: request_id ?? '', response },
});

function start(...args: string[]) {
  return startPrint({
    args: ['--input-format', 'stream-json', ...STREAM, '--permission-prompt-tool', 'stdio', ...args],
    env: api.env(temporaryFolder()),
    cwd,
    stdin: 'open',
  });
}

const file = (name: string): string => path.join(cwd, name);

test('asks before a tool, does what it is told, and reports what was denied', async () => {
  api.queue(
    reply().tool('Bash', { command: 'touch asked' }),
    reply().tool('Bash', { command: 'touch denied' }),
    reply().text('done'),
  );
  const { child, ended } = start();
  let questions = 0;
  host(child, (event) => {
    if (event['type'] === 'result') return 'end';
    if (event['type'] !== 'control_request') return undefined;
    questions += 1;
    return [
      answered(
        event,
        questions === 1
          ? { behavior: 'allow', updatedInput: { command: 'touch answered' } }
          : { behavior: 'deny', message: 'no way' },
      ),
    ];
  });
  send(child, said('go'));
  const { code, events } = await ended;
  expect([code, questions]).toEqual([0, 2]);
  expect(['asked', 'answered', 'denied'].map((name) => existsSync(file(name)))).toEqual([false, true, false]);
  expect(events.at(-1)).toMatchObject({
    result: 'done',
    permission_denials: [
      { tool_name: 'Bash', tool_use_id: 'toolu_2', tool_input: { command: 'touch denied' } },
    ],
  });
  expect((await api.request(3)).messages.at(-1)).toMatchObject({
    content: [{ type: 'tool_result', is_error: true, content: 'no way' }],
  });
});

test('a host may not allow what a rule denies', async () => {
  api.queue(reply().tool('Bash', { command: 'touch a' }), reply().text('done'));
  const { child, ended } = start('--disallowedTools', 'Bash(touch b)');
  host(child, (event) => {
    if (event['type'] === 'result') return 'end';
    if (event['type'] !== 'control_request') return undefined;
    return [answered(event, { behavior: 'allow', updatedInput: { command: 'touch b' } })];
  });
  send(child, said('go'));
  expect((await ended).events.at(-1)).toMatchObject({ permission_denials: [{ tool_name: 'Bash' }] });
  expect(existsSync(file('b'))).toBe(false);
});

test('an interrupted turn, then another one in another mode', async () => {
  api.queue(
    reply().text('half').hang(),
    reply().tool('Write', { file_path: file('written'), content: 'x' }),
    reply().text('done'),
  );
  const { child, ended } = start('--include-partial-messages');
  let results = 0;
  let pieces = 0;
  host(child, (event) => {
    if (event['type'] === 'stream_event' && ++pieces === 1) return [asked('i', { subtype: 'interrupt' })];
    if (event['type'] !== 'result') return undefined;
    results += 1;
    if (results === 2) return 'end';
    return [asked('m', { subtype: 'set_permission_mode', mode: 'acceptEdits' }), said('on')];
  });
  send(child, said('go'));
  const { code, events } = await ended;
  expect(code).toBe(0);
  expect(events.filter(({ type }) => type === 'result')).toMatchObject([
    {
      subtype: 'error_during_execution',
      terminal_reason: 'aborted_streaming',
      result_index: 0,
      // What the API had counted when it was interrupted is billed.
      modelUsage: { 'claude-opus-5-5': { inputTokens: 100, outputTokens: 1 } },
      total_cost_usd: 0.00042,
    },
    { subtype: 'success', result: 'done', result_index: 1, permission_denials: [] },
  ]);
  expect(
    events.filter(({ subtype }) => subtype === 'init').map(({ permissionMode }) => permissionMode),
  ).toEqual(['default', 'acceptEdits']);
  expect(events).toContainEqual(
    expect.objectContaining({ subtype: 'status', permissionMode: 'acceptEdits' }),
  );
  expect(existsSync(file('written'))).toBe(true);
});

test('a host that goes away while it is asked allows nothing, and the turn still ends', async () => {
  api.queue(reply().tool('Bash', { command: 'touch made' }), reply().text('well'));
  const { child, ended } = start();
  host(child, ({ type }) => (type === 'control_request' ? 'end' : undefined));
  send(child, said('go'));
  expect((await ended).events.at(-1)).toMatchObject({
    result: 'well',
    permission_denials: [{ tool_name: 'Bash' }],
  });
  expect(existsSync(file('made'))).toBe(false);
});
