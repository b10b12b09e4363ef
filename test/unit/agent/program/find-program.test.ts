import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findAgentProgram, type ProgramSearch } from '../../../../src/agent/program/find-program.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SCRIPT = '#!/bin/sh\nexit 0\n';
const KEY = { ANTHROPIC_API_KEY: 'k' };

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});

function put(file: string, content: string | Buffer = SCRIPT, mode = 0o755): string {
  const full = path.join(root, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, content);
  chmodSync(full, mode);
  return full;
}

function search(over: Partial<ProgramSearch> & { PATH?: readonly string[] } = {}) {
  const { PATH = ['a', 'b', 'c'], env, ...rest } = over;
  return findAgentProgram({
    wanted: 'auto',
    env: { PATH: PATH.map((folder) => (folder === '' ? '' : path.join(root, folder))).join(':'), ...env },
    nodePath: '/opt/node',
    distDir: path.join(root, 'package', 'dist'),
    rehearse: false,
    ...rest,
  });
}

const claudeAt = (file: string) => ({
  kind: 'found',
  program: { kind: 'claude', path: file, prefixArgs: [] },
});
const print = () => ({
  kind: 'found',
  program: {
    kind: 'print',
    path: '/opt/node',
    prefixArgs: [path.join(root, 'package/dist/andwait-print.js')],
  },
});

describe('the real claude', () => {
  test('the first on PATH', async () => {
    const first = put('b/claude');
    put('c/claude');
    expect(await search()).toMatchObject(claudeAt(first));
  });

  test('is preferred to print mode, key or not', async () => {
    const claude = put('a/claude');
    expect(await search({ env: KEY })).toMatchObject(claudeAt(claude));
  });

  test('through a symbolic link, under the name it was found by', async () => {
    const target = put('lib/claude.exe');
    mkdirSync(path.join(root, 'a'));
    symlinkSync(target, path.join(root, 'a/claude'));
    expect(await search()).toMatchObject(claudeAt(path.join(root, 'a/claude')));
  });

  test.each([
    ['a script', SCRIPT],
    ['an ELF program', Buffer.from('\x7fELF\x02\x01\x01\0\0\0', 'latin1')],
    ['a Mach-O program', Buffer.from('\xcf\xfa\xed\xfe\0\0\0\0', 'latin1')],
    ['a script without #!, which sh runs', 'exit 0\n'],
  ])('%s', async (_name, content) => {
    expect(await search()).toMatchObject({ kind: 'problem' });
    const claude = put('a/claude', content);
    expect(await search()).toMatchObject(claudeAt(claude));
  });

  test('not a folder, not a broken link, not in an empty entry of PATH', async () => {
    mkdirSync(path.join(root, 'a/claude'), { recursive: true });
    mkdirSync(path.join(root, 'b'));
    symlinkSync('/no/such/claude', path.join(root, 'b/claude'));
    const claude = put('c/claude');
    expect(await search({ PATH: ['', 'a', 'b', 'c'] })).toMatchObject(claudeAt(claude));
  });

  test('not from the working directory, which an empty entry means', async () => {
    put('a/claude');
    const before = process.cwd();
    process.chdir(path.join(root, 'a'));
    try {
      expect(await search({ PATH: [''] })).toMatchObject({ kind: 'problem', reason: 'no-agent' });
    } finally {
      process.chdir(before);
    }
  });

  test('not one that may not be executed, as a shell would go on', async () => {
    put('a/claude', SCRIPT, 0o644);
    const claude = put('b/claude');
    expect(await search()).toMatchObject(claudeAt(claude));
  });
});

describe('our own shim', () => {
  test.each([
    [
      'itself',
      (shim: string) => mkdirSync(path.join(root, 'a')) ?? linkSync(shim, path.join(root, 'a/claude')),
    ],
    [
      'a link to it',
      (shim: string) => mkdirSync(path.join(root, 'a')) ?? symlinkSync(shim, path.join(root, 'a/claude')),
    ],
    ['a copy of it, of any version', () => put('a/claude', '#!/bin/sh\n# andwait-shim 0.0.1\nexit 0\n')],
  ])('is passed by: %s', async (_name, place) => {
    place(put('package/shims/claude'));
    const claude = put('b/claude');
    expect(await search()).toMatchObject(claudeAt(claude));
  });

  test('alone is no agent, and the message says so', async () => {
    put('a/claude', '#!/bin/sh\n# andwait-shim\n');
    expect(await search()).toMatchObject({
      kind: 'problem',
      reason: 'no-agent',
      message: expect.stringContaining("andwait's own shim"),
    });
  });
});

describe('print mode', () => {
  test.each([
    ['auto, no claude, a key', { wanted: 'auto', env: KEY }],
    ['auto, no claude, a token', { wanted: 'auto', env: { ANTHROPIC_AUTH_TOKEN: 't' } }],
    ['asked for, with a key', { wanted: 'print', env: KEY }],
    ['auto, no claude, a cloud', { wanted: 'auto', env: { CLAUDE_CODE_USE_BEDROCK: '1' } }],
    ['asked for, with a cloud', { wanted: 'print', env: { CLAUDE_CODE_USE_VERTEX: 'true' } }],
    ['a rehearsal, without a key', { wanted: 'print', rehearse: true }],
    ['a rehearsal, whatever is there', { wanted: 'auto', rehearse: true }],
  ] as const)('%s', async (_name, over) => {
    expect(await search(over)).toMatchObject(print());
  });

  test.each([
    ['HOME', '.claude/settings.json'],
    ['CLAUDE_CONFIG_DIR', 'settings.json'],
  ])('a program that prints the key, in the settings below %s', async (variable, file) => {
    put(file, '{"apiKeyHelper": "echo k"}');
    expect(await search({ wanted: 'print', env: { [variable]: root } })).toMatchObject(print());
  });

  test('settings without one, or that cannot be read, are no key', async () => {
    put('.claude/settings.json', '{"apiKeyHelper": ""}');
    expect(await search({ env: { HOME: root } })).toMatchObject({ reason: 'no-agent' });
    put('.claude/settings.json', '{');
    expect(await search({ env: { HOME: root } })).toMatchObject({ reason: 'no-agent' });
  });

  test('asked for, although a claude is there', async () => {
    put('a/claude');
    expect(await search({ wanted: 'print', env: KEY })).toMatchObject(print());
  });
});

describe('problems', () => {
  test('nothing at all: the message names the three ways on', async () => {
    const found = await search();
    expect(found).toMatchObject({ kind: 'problem', reason: 'no-agent' });
    const { message } = found as { message: string };
    expect(message).toContain('install Claude Code');
    expect(message).toContain('ANTHROPIC_API_KEY');
    expect(message).toContain('--rehearse');
  });

  test('an empty key is none, and a cloud that is switched off', async () => {
    expect(await search({ env: { ANTHROPIC_API_KEY: '' } })).toMatchObject({ reason: 'no-agent' });
    expect(await search({ env: { CLAUDE_CODE_USE_BEDROCK: '0' } })).toMatchObject({ reason: 'no-agent' });
  });

  test('no PATH at all', async () => {
    const env = { PATH: undefined };
    expect(
      await findAgentProgram({ wanted: 'auto', env, nodePath: 'n', distDir: 'd', rehearse: false }),
    ).toMatchObject({
      reason: 'no-agent',
    });
  });

  test('--agent claude does not fall back to print mode', async () => {
    expect(await search({ wanted: 'claude', env: KEY })).toMatchObject({
      reason: 'no-claude',
      message: expect.stringContaining('there is no claude on PATH'),
    });
  });

  test('one without permission is named', async () => {
    const file = put('b/claude', SCRIPT, 0o644);
    expect(await search({ wanted: 'claude' })).toMatchObject({
      reason: 'no-claude',
      message: expect.stringContaining(`${file} is not executable`),
    });
  });

  test.each([
    ['an empty file', '', 'is an empty file'],
    ['bytes that are no program', Buffer.from([1, 2, 0, 3]), 'is no program'],
  ])('%s in its place is not passed by: a shell would not either', async (_name, content, fault) => {
    const file = put('a/claude', content);
    put('b/claude');
    for (const wanted of ['claude', 'auto'] as const) {
      expect(await search({ wanted, env: KEY })).toMatchObject({
        reason: 'bad-claude',
        message: expect.stringContaining(`${file} ${fault}`),
      });
    }
  });

  test.each(['print', 'auto'] as const)(
    '%s without a key: all that would be one is named',
    async (wanted) => {
      const found = await search({ wanted });
      expect(found).toMatchObject({ kind: 'problem', reason: wanted === 'print' ? 'no-key' : 'no-agent' });
      const { message } = found as { message: string };
      expect(message).toMatch(
        /ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, .*apiKeyHelper.*CLAUDE_CODE_USE_BEDROCK, CLAUDE_CODE_USE_FOUNDRY, CLAUDE_CODE_USE_VERTEX/,
      );
      expect(message).not.toContain('CLAUDE_CODE_OAUTH_TOKEN');
    },
  );

  test('a login of the real program is no key of print mode, and that is said', async () => {
    const env = { CLAUDE_CODE_OAUTH_TOKEN: 'secret' };
    for (const wanted of ['print', 'auto'] as const) {
      const { message } = (await search({ wanted, env })) as { message: string };
      expect(message).toContain('CLAUDE_CODE_OAUTH_TOKEN is set, which only claude itself takes');
      expect(message).not.toContain('secret');
    }
  });
});
