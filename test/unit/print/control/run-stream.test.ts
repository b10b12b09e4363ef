import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { Program } from '../../../../src/core/program.ts';
import { printMain } from '../../../../src/print/main.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** A whole program in streaming mode, rehearsing: no model, no disk. */
function started(...argv: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const program: Program = {
    argv: ['--input-format=stream-json', '--output-format=stream-json', '--verbose', '--rehearse', ...argv],
    env: {},
    cwd: '/somewhere',
    stdin,
    stdout,
    stderr,
    clock: new ManualClock(),
    random: () => 0.5,
    nodePath: process.execPath,
    distDir: '/nowhere',
    cores: 2,
    pid: 7,
    uid: 0,
    homeDir: undefined,
    kill: () => {},
    ignoredSignals: [],
    onSignal: () => () => {},
  };
  const ended = printMain(program);
  const send = (...lines: (JsonObject | string)[]): void => {
    for (const line of lines) stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  };
  const over = async (): Promise<{ code: number; events: JsonObject[]; err: string }> => {
    stdin.end();
    const code = await ended;
    const lines = String(stdout.read() ?? '').split('\n');
    const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    return { code, events, err: String(stderr.read() ?? '') };
  };
  return { send, over };
}

const said = (content: string, more: JsonObject = {}): JsonObject => ({
  type: 'user',
  message: { role: 'user', content },
  ...more,
});
const asked = (id: string, request: JsonObject): JsonObject => ({
  type: 'control_request',
  request_id: id,
  request,
});
const kinds = (events: readonly JsonObject[]): unknown[] => events.map(({ type }) => type);

test('a turn a line, in order, until stdin ends', async () => {
  const { send, over } = started();
  send(said('one'), '', said('two'));
  const { code, events } = await over();
  expect(code).toBe(0);
  expect(kinds(events)).toEqual(['system', 'assistant', 'result', 'system', 'assistant', 'result']);
  expect(events.filter(({ type }) => type === 'result')).toMatchObject([
    { result: 'An answer to “one” (rehearsal)' },
    { result: 'An answer to “two” (rehearsal)' },
  ]);
  expect(new Set(events.map(({ session_id }) => session_id)).size).toBe(1);
});

test('nothing at all is no error, and a prompt argument is none here', async () => {
  expect(await started('ignored').over()).toEqual({ code: 0, events: [], err: '' });
});

test('user messages are said back when that is wished for, by their own names', async () => {
  const { send, over } = started('--replay-user-messages');
  send(said('one', { uuid: 'mine' }));
  expect((await over()).events.filter(({ type }) => type === 'user')).toMatchObject([
    { message: { role: 'user', content: 'one' }, uuid: 'mine', isReplay: true, parent_tool_use_id: null },
  ]);
});

test('the last line counts without its line feed', async () => {
  const { send, over } = started();
  send(said('one'));
  expect((await over()).events).toHaveLength(3);
});

describe('control requests', () => {
  test('are answered in their order, unknown ones with an error', async () => {
    const { send, over } = started();
    send(
      asked('1', { subtype: 'initialize', hooks: null }),
      asked('2', { subtype: 'set_model', model: 'haiku' }),
      asked('3', { subtype: 'set_permission_mode', mode: 'acceptEdits' }),
      asked('4', { subtype: 'set_permission_mode', mode: 'nope' }),
      asked('5', { subtype: 'interrupt' }),
      asked('6', { subtype: 'rewind_files' }),
      { type: 'keep_alive' },
      {
        type: 'control_response',
        response: { subtype: 'success', request_id: 'nobody asked', response: {} },
      },
    );
    const { code, events } = await over();
    expect(code).toBe(0);
    expect(events.map(({ response }) => response)).toMatchObject([
      {
        subtype: 'success',
        request_id: '1',
        response: { commands: [], pid: 7, current_permission_mode: 'default' },
      },
      { subtype: 'success', request_id: '2', response: { model: 'claude-haiku-5-5' } },
      { subtype: 'success', request_id: '3', response: { mode: 'acceptEdits' } },
      { subtype: 'error', request_id: '4', error: expect.stringContaining('Unknown permission mode "nope"') },
      { subtype: 'success', request_id: '5' },
      {
        subtype: 'error',
        request_id: '6',
        error: 'Unsupported control request subtype: rewind_files',
        error_code: 'unsupported_request',
      },
    ]);
  });

  test('a schema of the greeting holds for the turns', async () => {
    const { send, over } = started();
    const jsonSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    send(asked('1', { subtype: 'initialize', jsonSchema }), said('a number'));
    expect((await over()).events.at(-1)).toMatchObject({ structured_output: { n: expect.any(Number) } });
  });

  test.each<[string, JsonObject, RegExp]>([
    ['hooks', { hooks: { PreToolUse: [{}] } }, /runs no hooks of its host: leave PreToolUse out/],
    ['servers of the host', { sdkMcpServers: ['calc'] }, /leave calc out/],
  ])('%s cannot be had, and without them no turn begins', async (_name, wish, message) => {
    const { send, over } = started();
    send(asked('1', { subtype: 'initialize', ...wish }), said('go'));
    const { code, events, err } = await over();
    expect([code, kinds(events)]).toEqual([1, ['control_response']]);
    expect(events[0]).toMatchObject({
      response: { subtype: 'error', error: expect.stringMatching(message) },
    });
    expect(err).toMatch(message);
  });
});

test.each<[string, string, RegExp]>([
  ['no JSON', '{"type":"user"', /^Error parsing streaming input line \(14 bytes\)/],
  [
    'another role',
    '{"type":"user","message":{"role":"assistant","content":"x"}}',
    /Expected message role 'user', got 'assistant'/,
  ],
  ['no message', '{"type":"user"}', /Expected an object "message"/],
  ['no content', '{"type":"user","message":{"role":"user"}}', /Expected text or blocks/],
  ['a request without a name', '{"type":"control_request","request":{}}', /needs the text "request_id"/],
])('a line that ends the session: %s', async (_name, line, message) => {
  const { send, over } = started();
  send(line, said('never'));
  expect(await over()).toEqual({ code: 1, events: [], err: expect.stringMatching(message) });
});
