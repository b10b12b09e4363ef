/** Tools as a shell sees them: a model calls, real commands and files answer, permissions stand between. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, runPrint, STREAM, startPrint } from './print-child.ts';

let api: FakeMessagesApi;
let cwd: string;
let home: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  cwd = temporaryFolder();
  home = temporaryFolder();
});
afterEach(async () => await api[Symbol.asyncDispose]());

/** Tests may run as root of a container. */
const call = (...args: string[]) => ({
  args: ['-p', 'go', ...STREAM, ...args],
  env: { ...api.env(home), IS_SANDBOX: '1' },
  cwd,
});
const print = async (...args: string[]): Promise<Ended> => await runPrint(call(...args));
const kinds = ({ events }: Ended): unknown[] => events.map(({ type, subtype }) => subtype ?? type);
const file = (name: string): string => path.join(cwd, name);

/** The answers to tool calls in the last message of the n-th request. */
async function answers(n: number): Promise<JsonObject[]> {
  return (await api.request(n)).messages.at(-1)?.['content'] as unknown as JsonObject[];
}

test('the pool’s token is shown to nobody, though the working folder holds it', async () => {
  mkdirSync(file('state/pool'), { recursive: true });
  for (const name of ['state/pool/token', 'note']) writeFileSync(file(name), `secret of ${name}\n`);
  api.queue(
    reply()
      .tool('Read', { file_path: file('state/pool/token') })
      .tool('Bash', { command: 'cat state/pool/token' })
      .tool('Grep', { pattern: 'secret', output_mode: 'content' }),
    reply().text('done'),
  );
  const { env, ...rest } = call('--permission-mode', 'acceptEdits');
  const ended = await runPrint({ ...rest, env: { ...env, ANDWAIT_HOME: file('state') } });
  const told = JSON.stringify(await answers(2));
  expect(told).toContain('secret of note');
  expect(told).not.toContain('secret of state');
  expect(ended.events.at(-1)).toMatchObject({
    permission_denials: [{ tool_name: 'Read' }, { tool_name: 'Bash' }],
  });
});

test('reads, edits, runs, and says so', async () => {
  writeFileSync(file('a.txt'), 'one\n');
  api.queue(
    reply()
      .text('looking')
      .tool('Read', { file_path: file('a.txt') })
      .tool('Glob', { pattern: '*.txt' }),
    reply().tool('Edit', { file_path: file('a.txt'), old_string: 'one', new_string: 'two' }),
    reply().tool('Bash', { command: 'cat a.txt; exit 3' }),
    reply().text('done'),
  );
  const ended = await print(
    '--permission-mode',
    'acceptEdits',
    '--allowedTools',
    'Bash(cat:*)',
    'Bash(exit:*)',
  );
  expect(kinds(ended)).toEqual([
    ...['init', 'assistant', 'assistant', 'assistant', 'user', 'user'],
    ...['assistant', 'user', 'assistant', 'user', 'assistant', 'success'],
  ]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.events.at(-1)).toMatchObject({ result: 'done', num_turns: 5, permission_denials: [] });
  expect(readFileSync(file('a.txt'), 'utf8')).toBe('two\n');
  expect(await answers(2)).toMatchObject([
    { tool_use_id: 'toolu_1_1', content: expect.stringContaining('one') },
    { tool_use_id: 'toolu_1_2', content: expect.stringContaining('a.txt') },
  ]);
  expect(await answers(4)).toMatchObject([{ is_error: true, content: expect.stringMatching(/two/) }]);
});

test.skipIf(process.getuid?.() !== 0)('root is not permitted everything', async () => {
  for (const args of [
    ['--dangerously-skip-permissions'],
    ['--permission-mode', 'bypassPermissions'],
    ['--settings', '{"permissions":{"defaultMode":"bypassPermissions"},"env":{"IS_SANDBOX":"1"}}'],
  ]) {
    expect(await runPrint({ ...call(...args), env: api.env(home) })).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons\n',
    });
  }
  expect(api.requests).toEqual([]);
});

describe('permissions', () => {
  test.each<[string, string[], boolean]>([
    ['nothing said', [], false],
    ['a rule', ['--allowedTools', 'Bash(touch:*)'], true],
    ['a rule denied by another', ['--allowedTools', 'Bash', '--disallowedTools', 'Bash(touch:*)'], false],
    ['everything permitted', ['--dangerously-skip-permissions'], true],
    ['settings', ['--settings', '{"permissions":{"allow":["Bash(touch *)"]}}'], true],
    ['only planning', ['--permission-mode', 'plan'], false],
  ])('%s', async (_name, args, isRun) => {
    api.queue(reply().tool('Bash', { command: 'touch made' }), reply().text('done'));
    const ended = await print(...args);
    expect(existsSync(file('made'))).toBe(isRun);
    expect(ended.code).toBe(0);
    expect(ended.events.at(-1)?.['permission_denials']).toEqual(
      isRun ? [] : [{ tool_name: 'Bash', tool_use_id: 'toolu_1', tool_input: { command: 'touch made' } }],
    );
    expect(kinds(ended).includes('permission_denied')).toBe(!isRun);
  });

  test('a project’s settings forbid, without anybody having trusted it', async () => {
    mkdirSync(file('.claude'));
    writeFileSync(file('.claude/settings.json'), '{"permissions":{"deny":["Bash(touch *)"]}}');
    api.queue(reply().tool('Bash', { command: 'touch made' }), reply().text('done'));
    await print('--allowedTools', 'Bash');
    expect(existsSync(file('made'))).toBe(false);
  });
});

test('a large output is shown in part, and may be read where it is kept', async () => {
  api.queue(reply().tool('Bash', { command: 'seq 1 400000' }));
  api.hold();
  const { ended } = startPrint(call('--allowedTools', 'Bash(seq:*)'));
  const [shown] = await answers(2);
  const text = String(shown?.['content']);
  expect(text.length).toBeLessThan(100_000);
  const kept = /(\/\S+\.txt)/.exec(text)?.[1] ?? '';
  expect(readFileSync(kept, 'utf8')).toMatch(/400000\n$/);
  (await api.request(2)).answer(reply().tool('Read', { file_path: kept, offset: 1000, limit: 1 }));
  expect(await answers(3)).toMatchObject([{ content: expect.stringContaining('1000') }]);
  (await api.request(3)).answer(reply().text('done'));
  expect((await ended).events.at(-1)).toMatchObject({ permission_denials: [] });
});

test.each<[NodeJS.Signals, number]>([
  ['SIGINT', 0],
  ['SIGTERM', 143],
])('%s while a command runs: the command ends with it', async (signal, code) => {
  api.queue(reply().tool('Bash', { command: 'echo $$ > pid; sleep 100' }), reply().text('never'));
  const { child, ended } = startPrint(call('--dangerously-skip-permissions'));
  const pid = await untilWritten(file('pid'));
  child.kill(signal);
  const end = await ended;
  expect(end.code).toBe(code);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  if (signal === 'SIGINT') expect(end.events.at(-1)).toMatchObject({ terminal_reason: 'aborted_tools' });
  expect(api.requests).toHaveLength(1);
});

async function untilWritten(name: string): Promise<number> {
  const { promise, resolve } = withResolvers();
  const look = setInterval(() => {
    if (existsSync(name) && readFileSync(name, 'utf8').endsWith('\n')) resolve();
  }, 20);
  await promise;
  clearInterval(look);
  return Number(readFileSync(name, 'utf8'));
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

test('tools of an MCP server', async () => {
  const server = path.resolve(import.meta.dirname, '../../unit/print/mcp/echo-server.cjs');
  const config = { mcpServers: { e: { command: process.execPath, args: [server], env: { MARK: 'm' } } } };
  api.queue(reply().tool('mcp__e__echo', { say: 'hi' }), reply().text('done'));
  const ended = await print('--mcp-config', JSON.stringify(config), '--allowedTools', 'mcp__e__echo');
  expect(ended.events[0]).toMatchObject({
    mcp_servers: [{ name: 'e', status: 'connected' }],
    tools: expect.arrayContaining(['mcp__e__echo']),
  });
  expect(await answers(2)).toMatchObject([{ content: [{ type: 'text', text: 'hi m none' }] }]);
  expect(ended.events.at(-1)).toMatchObject({ result: 'done' });
});

describe('whoever is asked for permissions', () => {
  const server = path.resolve(import.meta.dirname, '../../unit/print/mcp/echo-server.cjs');
  const answering = (answer: object): string[] => {
    const entry = { command: process.execPath, args: [server], env: { ANSWER: JSON.stringify(answer) } };
    return [
      '--mcp-config',
      JSON.stringify({ mcpServers: { e: entry } }),
      '--permission-prompt-tool',
      'mcp__e__echo',
    ];
  };

  test.each<[string, object, string[], boolean]>([
    ['says yes', { behavior: 'allow' }, [], true],
    ['says yes to something else', { behavior: 'allow', updatedInput: { command: 'touch made' } }, [], true],
    ['says no', { behavior: 'deny', message: 'not today' }, [], false],
    ['says nonsense', { behavior: 'perhaps' }, [], false],
    [
      'is not asked about what a rule denies',
      { behavior: 'allow' },
      ['--disallowedTools', 'Bash(touch *)'],
      false,
    ],
    [
      'cannot change the input into what a rule denies',
      { behavior: 'allow', updatedInput: { command: 'rm a; touch made' } },
      ['--disallowedTools', 'Bash(rm *)'],
      false,
    ],
    ['is not asked where nobody is to be', { behavior: 'allow' }, ['--permission-prompts', 'none'], false],
  ])('%s', async (_title, answer, args, isRun) => {
    api.queue(reply().tool('Bash', { command: 'touch made' }), reply().text('done'));
    const ended = await print(...answering(answer), ...args);
    expect(ended.code).toBe(0);
    expect(existsSync(file('made'))).toBe(isRun);
    expect(ended.events.at(-1)?.['permission_denials']).toHaveLength(isRun ? 0 : 1);
    // The model is not to ask itself.
    if (!args.includes('none')) expect((await api.request(1)).toolNames).not.toContain('mcp__e__echo');
  });

  test('must be there', async () => {
    const ended = await print('--permission-prompt-tool', 'mcp__none__x');
    expect(ended).toMatchObject({
      code: 1,
      stderr:
        'Error: MCP tool mcp__none__x (passed via --permission-prompt-tool) not found. Available MCP tools: none\n',
    });
    expect(api.requests).toEqual([]);
  });
});

test('servers of the project start where its user has approved of them', async () => {
  const server = path.resolve(import.meta.dirname, '../../unit/print/mcp/echo-server.cjs');
  const entry = { command: process.execPath, args: [server] };
  writeFileSync(file('.mcp.json'), JSON.stringify({ mcpServers: { e: entry } }));
  api.queue(reply().text('one'), reply().text('two'), reply().text('three'));
  const untold = await print();
  expect(untold.events[0]).toMatchObject({ mcp_servers: [] });
  expect(untold.stderr).toMatch(/e in .*\.mcp\.json not started/);
  const approved = ['--settings', '{"enabledMcpjsonServers":["e"]}'];
  expect((await print(...approved)).events[0]).toMatchObject({
    mcp_servers: [{ name: 'e', status: 'connected' }],
  });
  const strict = await print(...approved, '--strict-mcp-config');
  expect(strict.events[0]).toMatchObject({ mcp_servers: [] });
});

test('a server that does not start in time costs its tools', async () => {
  const silent = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
  api.queue(reply().text('done'));
  const given = call('--mcp-config', JSON.stringify({ mcpServers: { silent } }));
  const ended = await runPrint({ ...given, env: { ...given.env, MCP_TIMEOUT: '300' } });
  expect(ended.stderr).toMatch(/silent cannot be reached.*timed out/i);
  expect(ended.events[0]).toMatchObject({ mcp_servers: [{ name: 'silent', status: 'failed' }] });
  expect(ended.events.at(-1)).toMatchObject({ result: 'done' });
});
