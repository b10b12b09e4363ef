/** Hooks of settings files: what stands before a tool is run or, where it cannot be, keeps the tool from running. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, runPrint, STREAM } from './print-child.ts';

let api: FakeMessagesApi;
let home: string;
let cwd: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  home = temporaryFolder();
  cwd = temporaryFolder();
});
afterEach(async () => await api[Symbol.asyncDispose]());

const before = (command: string, more: object = {}): object => ({
  PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command, ...more }] }],
});

function settings(place: string, value: object): void {
  mkdirSync(path.join(place, '.claude'), { recursive: true });
  writeFileSync(path.join(place, '.claude', 'settings.json'), JSON.stringify(value));
}

/** The model calls Bash once, which leaves a file where it ran. */
async function ran(...args: string[]): Promise<Ended & { readonly ran: boolean }> {
  const file = path.join(cwd, 'ran');
  api.queue(reply().tool('Bash', { command: `echo x > ${file}` }), reply().text('done'));
  const ended = await runPrint({
    args: ['-p', 'hi', '--allowedTools', 'Bash', ...args, ...STREAM],
    env: api.env(home),
    cwd,
  });
  return { ...ended, ran: existsSync(file) };
}

const denials = ({ events }: Ended): unknown => events.at(-1)?.['permission_denials'];
const answer = async (): Promise<unknown> => (await api.request(2)).messages.at(-1)?.['content'];

test('exit 2 denies, by what it reads on its stdin', async () => {
  const input = path.join(home, 'input.json');
  settings(home, { hooks: before(`cat > ${input}; echo not here >&2; exit 2`) });
  const ended = await ran();
  expect(ended).toMatchObject({ code: 0, ran: false, stderr: '' });
  expect(denials(ended)).toMatchObject([{ tool_name: 'Bash' }]);
  expect(await answer()).toMatchObject([{ is_error: true, content: 'PreToolUse:Bash hook: not here' }]);
  expect(JSON.parse(readFileSync(input, 'utf8'))).toMatchObject({
    hook_event_name: 'PreToolUse',
    session_id: ended.events[0]?.['session_id'],
    cwd,
    permission_mode: 'default',
    tool_name: 'Bash',
    tool_input: { command: expect.stringContaining('echo x') },
  });
});

test('one that says nothing lets the call pass, and finds no key of ours', async () => {
  const seen = path.join(home, 'env');
  settings(home, { hooks: before(`env > ${seen}`) });
  expect(await ran()).toMatchObject({ code: 0, ran: true });
  expect(readFileSync(seen, 'utf8')).toContain(`CLAUDE_PROJECT_DIR=${cwd}`);
  expect(readFileSync(seen, 'utf8')).not.toContain('test-key');
});

test('one that does not answer in time lets nothing pass, and what it started is ended with it', async () => {
  settings(home, { hooks: before('sleep 600 | cat', { timeout: 0.2 }) });
  const ended = await ran();
  expect(ended).toMatchObject({ code: 0, ran: false });
  expect(await answer()).toMatchObject([{ content: expect.stringContaining('did not answer in time') }]);
});

test('one of a type that is not run keeps its tool from running', async () => {
  settings(home, {
    hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'prompt', prompt: 'safe?' }] }] },
  });
  expect(await ran()).toMatchObject({ ran: false });
  expect(await answer()).toMatchObject([
    { is_error: true, content: expect.stringMatching(/guarded by a PreToolUse hook .*type "prompt"/) },
  ]);
});

test('one of a project that nobody has trusted is not run, and still keeps its tool from running', async () => {
  const evil = path.join(home, 'evil');
  settings(cwd, { hooks: before(`touch ${evil}`) });
  const ended = await ran();
  expect(ended).toMatchObject({ ran: false, stderr: expect.stringContaining('hooks.PreToolUse') });
  expect(existsSync(evil)).toBe(false);
  expect(denials(ended)).toMatchObject([{ tool_name: 'Bash' }]);
});

test('a project that nobody has trusted does not switch off what the user set up', async () => {
  settings(home, { hooks: before('exit 2') });
  settings(cwd, { disableAllHooks: true, hooks: before('exit 0') });
  const ended = await ran();
  expect(ended).toMatchObject({ ran: false, stderr: expect.stringContaining('disableAllHooks') });
  expect(denials(ended)).toMatchObject([{ tool_name: 'Bash' }]);
});

describe('not run', () => {
  test.each([
    ['disableAllHooks', { disableAllHooks: true }, []],
    ['--bare', {}, ['--bare']],
  ])('with %s', async (_name, more, args) => {
    settings(home, { hooks: before('exit 2'), ...more });
    expect(await ran(...args)).toMatchObject({ ran: true });
  });

  test('those of other events, which is said', async () => {
    settings(home, { hooks: { Stop: [{ hooks: [{ type: 'command', command: 'x' }] }] } });
    expect(await ran()).toMatchObject({
      ran: true,
      stderr: expect.stringMatching(
        /^Warning: hooks for Stop in .*settings\.json are not run: andwait-print runs/,
      ),
    });
  });
});

test('--include-hook-events tells of each as it starts and ends', async () => {
  settings(home, { hooks: before('echo out; echo err >&2; exit 2') });
  const { events } = await ran('--include-hook-events');
  const [started, ended] = events.filter(({ subtype }) => String(subtype).startsWith('hook_'));
  expect(started).toMatchObject({
    subtype: 'hook_started',
    hook_name: 'PreToolUse:Bash',
    hook_event: 'PreToolUse',
  });
  expect(ended).toMatchObject({
    subtype: 'hook_response',
    hook_id: started?.['hook_id'],
    ...{ output: 'out\nerr\n', stdout: 'out\n', stderr: 'err\n', exit_code: 2, outcome: 'error' },
  });
});
