/** A conversation that outgrows the model's context: as a shell sees it, and as the next process finds it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { FakeMessagesApi, type FakeRequest, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, runPrint, STREAM, type Started, startPrint } from './print-child.ts';

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

async function print(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return await runPrint({ args: ['-p', ...args, ...STREAM], env: { ...api.env(home), ...env }, cwd });
}

const TOO_LONG = reply().status(400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' });
const SUMMARY = reply().text('<summary>THE SUMMARY</summary>');

const textsOf = ({ messages }: FakeRequest): string[] =>
  messages.map(
    ({ role, content }) =>
      `${role}: ${(content as JsonObject[]).map((block) => String(block['text'] ?? block['type'])).join(' ')}`,
  );
const namesOf = ({ events }: Ended): string[] =>
  events.map(({ type, subtype }) => String(type === 'system' ? subtype : type));

const CUT = expect.stringMatching(/^user: This conversation was too long[^\n]*\n\nTHE SUMMARY\n\n/);

test('it is summarised and goes on, and the next process goes on from the cut', async () => {
  const call = reply().text('look').tool('Nope', {});
  api.queue(call, call, TOO_LONG, SUMMARY, reply().text('done'), reply().text('and on'));
  const first = await print(['first', '--session-id', ID]);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(namesOf(first).slice(-6)).toEqual([
    'status',
    'status',
    'compact_boundary',
    'user',
    'assistant',
    'result',
  ]);
  expect(textsOf(await api.request(5))).toEqual([CUT, 'assistant: look tool_use', 'user: tool_result']);
  expect((await print(['second', '--resume', ID])).events.at(-1)).toMatchObject({ result: 'and on' });
  expect(textsOf(await api.request(6))).toEqual([
    CUT,
    'assistant: look tool_use',
    'user: tool_result',
    'assistant: done',
    'user: second',
  ]);
});

test('what was said before the cut may be looked up in the file that the summary names', async () => {
  api.hold();
  const ended = print(['first', '--session-id', ID]);
  (await api.request(1)).answer(reply().text('look').tool('Nope', {}));
  (await api.request(2)).answer(TOO_LONG);
  (await api.request(3)).answer(SUMMARY);
  const asked = await api.request(4);
  const file = /looked up in (\S+\.jsonl)\./.exec(textsOf(asked)[0] ?? '')?.[1];
  asked.answer(reply().tool('Read', { file_path: file ?? '' }));
  (await api.request(5)).answer(reply().text('done'));
  expect(await ended).toMatchObject({ code: 0 });
  expect(JSON.stringify((await api.request(5)).messages.at(-1))).toContain('compact_boundary');
  expect((await ended).events.at(-1)).toMatchObject({ permission_denials: [] });
});

test('it nears the context: an earlier life tells how far', async () => {
  api.queue(reply().text('one').usage({ input_tokens: 90_000 }), SUMMARY, reply().text('two'));
  await print(['first', '--session-id', ID]);
  const second = await print(['second', '--resume', ID], { CLAUDE_CODE_AUTO_COMPACT_WINDOW: '100000' });
  expect(namesOf(second)).toContain('compact_boundary');
  expect(textsOf(await api.request(3)).at(-1)).toBe('user: second');
});

test('it cannot be summarised: a typed error and exit 1', async () => {
  api.queue(TOO_LONG);
  const { code, events } = await print(['a single prompt, too long']);
  expect(code).toBe(1);
  expect(events.at(-1)).toMatchObject({
    is_error: true,
    subtype: 'success',
    terminal_reason: 'prompt_too_long',
    api_error_status: 400,
    result: expect.stringMatching(/^Prompt is too long, and .*210000 tokens > 200000 maximum/),
  });
});

describe('switched off', () => {
  test.each<[string, string[], Record<string, string>]>([
    ['by DISABLE_COMPACT', [], { DISABLE_COMPACT: '1' }],
    ['by DISABLE_AUTO_COMPACT', [], { DISABLE_AUTO_COMPACT: 'true' }],
    ['by settings', ['--settings', '{"autoCompactEnabled": false}'], {}],
  ])('%s', async (_name, args, env) => {
    api.queue(reply().tool('Nope', {}), TOO_LONG);
    const { code, events } = await print(['first', ...args], env);
    expect(code).toBe(1);
    expect(api.requests).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ result: expect.stringContaining('switched off') });
  });
});

describe('/compact', () => {
  test('summarises in place of a turn', async () => {
    api.queue(reply().text('one'), SUMMARY, reply().text('two'));
    await print(['first', '--session-id', ID]);
    const compacted = await print(['/compact keep the names', '--resume', ID]);
    expect(compacted).toMatchObject({ code: 0 });
    expect(namesOf(compacted)).toEqual([
      'status',
      'status',
      'init',
      'compact_boundary',
      'user',
      'user',
      'result',
    ]);
    expect(compacted.events.at(-1)).toMatchObject({ result: '', num_turns: 0, local_command: 'compact' });
    await print(['second', '--resume', ID]);
    expect(textsOf(await api.request(3))).toEqual([CUT, 'user: second']);
  });

  test('switched off, it is a prompt like any other', async () => {
    await print(['/compact'], { DISABLE_COMPACT: '1' });
    expect((await api.request(1)).prompt).toBe('/compact');
  });
});

test('what it has cost counts earlier lives, and those of what it is a fork of; a budget does not', async () => {
  const budget = ['--max-budget-usd', '0.0009'];
  const costs: unknown[] = [];
  for (const args of [[], ['--resume', ID], ['-c', '--fork-session'], ['-c', '--no-session-persistence']]) {
    const named = args.length === 0 ? ['--session-id', ID] : args;
    const { code, events } = await print(['hi', ...named, ...budget]);
    expect(code).toBe(0);
    costs.push(events.at(-1)?.['total_cost_usd']);
    expect(events.at(-1)).toMatchObject({
      usage: { input_tokens: 100 },
      model_usage_since_last_result: { 'claude-opus-5-5': { inputTokens: 100, costUSD: 0.0008 } },
    });
  }
  expect(costs).toEqual([0.0008, 0.0016, 0.0024, 0.0032].map((usd) => expect.closeTo(usd, 9)));
});

describe('while the summary is written', () => {
  const look = reply().text('look').tool('Nope', {});
  const BEFORE = ['user: first', 'assistant: look tool_use'];

  async function summarising(start: () => Started): Promise<Started & { readonly summary: FakeRequest }> {
    api.hold();
    const started = start();
    (await api.request(1)).answer(look);
    (await api.request(2)).answer(TOO_LONG);
    return { ...started, summary: await api.request(3) };
  }

  const start = (...args: readonly string[]): Started =>
    startPrint({ args: ['-p', ...args, ...STREAM], env: api.env(home), cwd });

  async function resumed(): Promise<string[]> {
    const ended = start('second', '--resume', ID).ended;
    const request = await api.request(4);
    request.answer(reply().text('on'));
    expect(await ended).toMatchObject({ code: 0 });
    return textsOf(request);
  }

  test('SIGINT: a result, and the conversation goes on as it was', async () => {
    const { child, ended, summary } = await summarising(() => start('first', '--session-id', ID));
    child.kill('SIGINT');
    await summary.abandoned;
    const { code, events } = await ended;
    expect(code).toBe(0);
    expect(events.slice(-4)).toMatchObject([
      { status: 'compacting' },
      { status: null, compact_result: 'failed', compact_error: 'aborted' },
      { type: 'user' },
      { type: 'result', terminal_reason: 'aborted_streaming' },
    ]);
    expect(await resumed()).toEqual([
      ...BEFORE,
      'user: tool_result [Request interrupted by user]',
      'user: second',
    ]);
  });

  test('SIGTERM: exit 143, nothing more is said, and the conversation goes on as it was', async () => {
    const { child, ended, summary } = await summarising(() => start('first', '--session-id', ID));
    child.kill('SIGTERM');
    await summary.abandoned;
    const { code, events } = await ended;
    expect(code).toBe(143);
    expect(events.at(-1)).toMatchObject({ status: 'compacting' });
    expect(await resumed()).toEqual([...BEFORE, 'user: tool_result', 'user: second']);
  });

  test('interrupted by its host: it is summarised when it is too long again', async () => {
    const line = (value: object): string => `${JSON.stringify(value)}\n`;
    const user = (content: string): string => line({ type: 'user', message: { role: 'user', content } });
    const { child, ended, summary } = await summarising(() => {
      const args = ['--input-format', 'stream-json', ...STREAM];
      const started = startPrint({ args, env: api.env(home), cwd, stdin: 'open' });
      started.child.stdin?.write(user('first'));
      return started;
    });
    child.stdin?.write(line({ type: 'control_request', request_id: 'r', request: { subtype: 'interrupt' } }));
    await summary.abandoned;
    child.stdin?.end(user('second'));
    (await api.request(4)).answer(TOO_LONG);
    (await api.request(5)).answer(SUMMARY);
    const next = await api.request(6);
    next.answer(reply().text('on'));
    expect(textsOf(next).at(0)).toEqual(CUT);
    expect(textsOf(next).at(-1)).toBe('user: second');
    const { events } = await ended;
    expect(events.filter(({ type }) => type === 'result')).toMatchObject([
      { terminal_reason: 'aborted_streaming' },
      { result: 'on' },
    ]);
  });
});

test('hooks stand before the tools of a session that goes on from a summary', async () => {
  const guard = { type: 'command', command: `cat > ${home}/asked.json; echo not now >&2; exit 2` };
  const hooks = { PreToolUse: [{ matcher: 'Bash', hooks: [guard] }] };
  mkdirSync(path.join(home, '.claude'));
  writeFileSync(path.join(home, '.claude/settings.json'), JSON.stringify({ hooks }));
  const bash = reply().tool('Bash', { command: 'touch made' });
  const look = reply().text('look').tool('Nope', {});
  api.queue(look, look, TOO_LONG, SUMMARY, reply().text('one'), bash, TOO_LONG, SUMMARY, bash);
  const args = ['--allowedTools', 'Bash'];
  await print(['first', '--session-id', ID, ...args]);
  const second = await print(['second', '--resume', ID, ...args]);
  expect(second).toMatchObject({ code: 0, stderr: '' });
  // Before the second summary, and after it.
  expect(second.events.at(-1)).toMatchObject({
    permission_denials: [{ tool_name: 'Bash' }, { tool_name: 'Bash' }],
  });
  expect(existsSync(path.join(cwd, 'made'))).toBe(false);
  const asked = JSON.parse(readFileSync(path.join(home, 'asked.json'), 'utf8')) as JsonObject;
  expect(asked['session_id']).toBe(ID);
  expect(readFileSync(String(asked['transcript_path']), 'utf8').match(/"compact_boundary"/g)).toHaveLength(2);
});
