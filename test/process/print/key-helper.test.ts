/** `apiKeyHelper` of the settings: whose settings may name one, when it runs, and where the key is never found. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runPrint, STREAM } from './print-child.ts';

let api: FakeMessagesApi;
let home: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  home = temporaryFolder();
});
afterEach(async () => await api[Symbol.asyncDispose]());

const env = (): Record<string, string> => ({ HOME: home, ANTHROPIC_BASE_URL: api.url });

function putSettings(dir: string, apiKeyHelper: string): void {
  mkdirSync(path.join(dir, '.claude'), { recursive: true });
  writeFileSync(path.join(dir, '.claude', 'settings.json'), JSON.stringify({ apiKeyHelper }));
}

/** Prints another key each time. */
const COUNTING = 'echo x >> "$HOME/calls"; echo "helper-key-$(wc -l < "$HOME/calls")"';

function everythingIn(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

test('its key goes out both ways, once asked for; a refused one is asked for anew; it is found nowhere else', async () => {
  putSettings(home, COUNTING);
  api.queue(reply().tool('Bash', { command: 'env' }), reply().status(401), reply().text('done'));
  const ended = await runPrint({
    args: ['-p', 'x', ...STREAM, '--debug', '--allowedTools', 'Bash'],
    env: env(),
  });
  expect(ended.code).toBe(0);
  expect(ended.events[0]).toMatchObject({ apiKeySource: 'apiKeyHelper' });
  const headers = api.requests.map(({ headers: sent }) => [sent['x-api-key'], sent.authorization]);
  expect(headers).toEqual([
    ['helper-key-1', 'Bearer helper-key-1'],
    ['helper-key-1', 'Bearer helper-key-1'],
    ['helper-key-2', 'Bearer helper-key-2'],
  ]);
  const told = [ended.stdout, ended.stderr, everythingIn(home), JSON.stringify(api.requests.at(-1)?.body)];
  expect(told.join('\n')).not.toMatch(/helper-key-\d/);
  expect(told[3]).toContain('HOME=');
});

test('a key that is refused twice is not asked for a third time', async () => {
  putSettings(home, COUNTING);
  api.queue(reply().status(401), reply().status(401));
  const ended = await runPrint({ args: ['-p', 'x'], env: env() });
  expect([ended.code, ended.stdout, api.requests.length]).toEqual([
    1,
    'Failed to authenticate. API Error: 401 made to fail with 401\n',
    2,
  ]);
});

test('one that fails ends the call, in words that repeat nothing of it', async () => {
  putSettings(home, 'echo hidden; echo hidden >&2; exit 7');
  const ended = await runPrint({ args: ['-p', 'x'], env: env() });
  expect(ended).toMatchObject({
    code: 1,
    stdout: 'apiKeyHelper failed: it exited with 7. Run the command of that setting in a shell to see why\n',
    stderr: '',
  });
  expect(api.requests).toEqual([]);
});

test('a project that nobody trusted names none', async () => {
  const cwd = temporaryFolder();
  putSettings(cwd, 'touch started; echo k');
  const ended = await runPrint({ args: ['-p', 'x'], env: env(), cwd });
  expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('Not logged in') });
  expect(ended.stderr).toContain('apiKeyHelper');
  expect(readdirSync(cwd)).toEqual(['.claude']);
});

test('a project that was trusted does', async () => {
  const cwd = temporaryFolder();
  putSettings(cwd, 'echo project-key');
  const trust = { projects: { [cwd]: { hasTrustDialogAccepted: true } } };
  writeFileSync(path.join(home, '.claude.json'), JSON.stringify(trust));
  await runPrint({ args: ['-p', 'x'], env: env(), cwd });
  expect((await api.request(1)).headers['x-api-key']).toBe('project-key');
});
