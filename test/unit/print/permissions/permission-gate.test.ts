import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/json.ts';
import { permissionGate } from '../../../../src/print/permissions/permission-gate.ts';
import { NO_SETTINGS } from '../../../../src/print/settings/settings.ts';
import { bash, type GateRig, type GateWish, gateFor, projectIn } from './gate-rig.ts';

let rig: GateRig;

beforeAll(() => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'andwait-test-'));
  rig = projectIn(root);
  return () => rmSync(root, { recursive: true, force: true });
});

/** `@P` is the project, `@O` the folder outside, `@H` home. */
function place(text: string): string {
  return text.replace('@P', rig.project).replace('@O', rig.outside).replace('@H', rig.home);
}

async function verdict(wish: GateWish, name: string, input: Record<string, Json>): Promise<string> {
  const gate = await gateFor(rig, wish);
  const placed = Object.entries(input).map(([key, value]) => [
    key,
    typeof value === 'string' ? place(value) : value,
  ]);
  return gate.decide({ name, input: Object.fromEntries(placed), useId: 'toolu_1' }).kind;
}

type FileCase = readonly [expected: string, tool: string, file: string];

describe('reading', () => {
  test.each<FileCase>([
    ['allow', 'Read', '@P/a.txt'],
    ['allow', 'Read', 'a.txt'],
    ['allow', 'Read', '@P/nowhere/yet'],
    ['allow', 'Read', '@P/inner'],
    ['allow', 'Read', '@P/.git/config'],
    ['ask', 'Read', '@O/secret.txt'],
    ['ask', 'Read', '@P/link/secret.txt'],
    ['ask', 'Read', '@P/dangling'],
    ['ask', 'Read', '@P/loop'],
    ['ask', 'Read', '@P/../outside/secret.txt'],
    ['ask', 'Read', '@P/link/../secret.txt'],
    ['ask', 'Read', '@Pish/a.txt'],
    ['ask', 'Read', ''],
  ])('%s: %s %s', async (expected, tool, file) => {
    expect(await verdict({}, tool, { file_path: file })).toBe(expected);
  });

  test.each([
    ['allow', 'Glob', { pattern: '**/*.ts' }],
    ['allow', 'Grep', { pattern: '../x' }],
    ['allow', 'Glob', { pattern: '*', path: 'src' }],
    ['ask', 'Glob', { pattern: '*', path: '@O' }],
    ['ask', 'Glob', { pattern: '/etc/*' }],
    ['ask', 'Glob', { pattern: '../*' }],
    ['ask', 'Glob', { pattern: '*/../../*' }],
    ['ask', 'Glob', { pattern: 'link/*' }],
    ['ask', 'Grep', { pattern: 'x', path: '/etc' }],
    ['ask', 'Grep', { pattern: 'x', path: '@P/link' }],
  ])('%s: %s %j', async (expected, tool, input) => {
    expect(await verdict({}, tool, input)).toBe(expected);
  });

  test('a search is told what rules hide', async () => {
    const gate = await gateFor(rig, {
      deny: ['Read(.env)'],
      ask: ['Read(./src/**)'],
      mode: 'bypassPermissions',
    });
    expect(gate.hidesWithin(rig.project)).toBe(true);
    const shown = ['.env', 'only/.env', 'src/b.txt', 'a.txt'].filter(
      (n) => !gate.hides(`${rig.project}/${n}`),
    );
    expect(shown).toEqual(['a.txt']);
    expect((await gateFor(rig, { deny: ['Edit(.env)', 'Bash'] })).hidesWithin(rig.project)).toBe(false);
  });

  test('a path counts from where the session stands, as for the tools', async () => {
    const gate = await gateFor(rig, { deny: ['Read(./only/c.txt)'], currentDir: `${rig.project}/only` });
    const kind = (name: string, input: Record<string, Json>) => gate.decide({ name, input, useId: 't' }).kind;
    expect(kind('Read', { file_path: 'c.txt' })).toBe('deny');
    expect(kind('Read', { file_path: 'out/secret.txt' })).toBe('ask');
    expect(kind('Grep', { pattern: 'x', path: 'out' })).toBe('ask');
    expect(kind('Glob', { pattern: 'out/*' })).toBe('ask');
    expect(kind('Read', { file_path: '../a.txt' })).toBe('allow');
  });
});

describe('writing, edits accepted', () => {
  test.each<FileCase>([
    ['allow', 'Write', '@P/new/file'],
    ['allow', 'Edit', '@P/a.txt'],
    ['allow', 'Write', '@P/.gitignore'],
    ['allow', 'Write', '@P/CLAUDE.md'],
    ['allow', 'Write', '@P/.claude/worktrees/one/src/x'],
    ['ask', 'Write', '@P/.claude/worktrees/one/.git/x'],
    ['ask', 'Write', '@O/x'],
    ['ask', 'Write', '@P/../x'],
    ['ask', 'Write', '@P/link/x'],
    ['ask', 'Write', '@P/dangling'],
    ['ask', 'Write', '@P/gitlink/hooks/x'],
    ['ask', 'Write', '@H/x'],
    ['ask', 'Write', '@P/.git/config'],
    ['ask', 'Write', '@P/src/.git/config'],
    ['ask', 'Write', '@P/.GIT/config'],
    ['ask', 'Write', '@P/.g\u200dit/config'],
    ['ask', 'Write', '@P/.git./config'],
    ['ask', 'Edit', '@P/.claude/settings.json'],
    ['ask', 'Edit', '@P/.claude/agents/x.md'],
    ['ask', 'Write', '@P/.bashrc'],
    ['ask', 'Write', '@P/.zshrc'],
    ['ask', 'Write', '@P/.profile'],
    ['ask', 'Write', '@P/.npmrc'],
    ['ask', 'Write', '@P/.ssh/authorized_keys'],
    ['ask', 'Write', '@P/.mcp.json'],
    ['ask', 'Write', '@P/.vscode/tasks.json'],
    ['ask', 'Write', '@P/.config/fish/conf.d/x.fish'],
    ['ask', 'Write', '@P/.config/git/config'],
    ['ask', 'Write', '@P/.Config/systemd/user/x.service'],
    ['ask', 'Write', '@P/.mvn/extensions.xml'],
    ['ask', 'Write', '@P/.yarn/releases/yarn.cjs'],
    ['ask', 'Write', '@P/.xprofile'],
    ['ask', 'Write', '@P/lefthook.yml'],
    ['ask', 'Write', '@P/gradle/wrapper/gradle-wrapper.properties'],
    ['allow', 'Write', '@P/fish/git/systemd/x'],
    ['allow', 'Write', '@P/.config/app/git/x'],
    ['ask', 'NotebookEdit', '@P/.git/x'],
  ])('%s: %s %s', async (expected, tool, file) => {
    const field = tool === 'NotebookEdit' ? 'notebook_path' : 'file_path';
    expect(await verdict({ mode: 'acceptEdits' }, tool, { [field]: file })).toBe(expected);
  });

  test('nothing of it without that mode', async () => {
    expect(await verdict({}, 'Write', { file_path: '@P/x' })).toBe('ask');
    expect(await verdict({ mode: 'plan', allow: ['Edit'] }, 'Write', { file_path: '@P/x' })).toBe('deny');
    expect(await verdict({ mode: 'dontAsk' }, 'Write', { file_path: '@P/x' })).toBe('deny');
    expect(await verdict({ mode: 'bypassPermissions' }, 'Write', { file_path: '@P/.git/x' })).toBe('allow');
  });

  test('settings are not written unasked, wherever they lie', async () => {
    const wish = {
      mode: 'acceptEdits',
      addDirs: [rig.home],
      settings: { files: [`${rig.home}/mine.json`] },
    } as const;
    expect(await verdict(wish, 'Write', { file_path: '@H/mine.json' })).toBe('ask');
    expect(await verdict(wish, 'Write', { file_path: '@H/other.json' })).toBe('allow');
  });
});

describe('rules for paths', () => {
  test.each<[string, string, string]>([
    ['allow', 'Edit(src/**)', '@P/src/deep/x'],
    ['allow', 'Edit(./src/**)', '@P/src/x'],
    ['allow', 'Edit(/src/**)', '@P/src/x'],
    ['allow', 'Edit(src)', '@P/src/deep/x'],
    ['allow', 'Edit(*.ts)', '@P/any/where/x.ts'],
    ['allow', 'Edit(/**/x.ts)', '@P/any/x.ts'],
    ['allow', 'Write(src/*.ts)', '@P/src/x.ts'],
    ['allow', 'Edit(~/notes/**)', '@H/notes/x'],
    ['allow', 'Edit(//@O/**)', '@O/x'],
    ['allow', 'Edit', '@P/x'],
    ['allow', 'Write', '@P/x'],
    ['ask', 'Edit(src/*.ts)', '@P/src/deep/x.ts'],
    ['ask', 'Edit(/*.ts)', '@P/src/x.ts'],
    ['ask', 'Edit(src/**)', '@P/lib/x'],
    ['ask', 'Edit(src/**)', '@P/src/../x'],
    ['ask', 'Edit(src/**)', '@P/SRC/x'],
    ['ask', 'Edit(link/**)', '@P/link/x'],
    ['ask', 'Edit(**)', '@O/x'],
    ['ask', 'Edit(!src/**)', '@P/lib/x'],
    ['ask', 'Edit(.git/**)', '@P/.git/x'],
    ['ask', 'Edit', '@P/.git/x'],
    ['ask', 'NotebookEdit', '@P/x'],
    ['ask', 'Read', '@P/x'],
  ])('%s: %s for %s', async (expected, rule, file) => {
    const text = rule.replace('//@O', `/${rig.outside}`);
    expect(await verdict({ allow: [text] }, 'Write', { file_path: file })).toBe(expected);
  });

  test.each<[string, string, string]>([
    ['deny', 'Read(a.txt)', '@P/a.txt'],
    ['deny', 'Read(A.TXT)', '@P/a.txt'],
    ['deny', 'Read(a.txt)', '@P/inner'],
    ['deny', 'Read(inner)', '@P/inner'],
    ['deny', 'Read(a.txt)', '@P/src/../a.txt'],
    ['deny', 'Read(src/**)', '@P/src/deep/x'],
    ['deny', 'Read(/src)', '@P/src/b.txt'],
    ['deny', 'Read(**/*.pem)', '@P/src/x.pem'],
    ['deny', 'Read', '@P/src/x.pem'],
    ['allow', 'Read(/b.txt)', '@P/src/b.txt'],
    ['allow', 'Edit(a.txt)', '@P/a.txt'],
  ])('%s: %s for %s', async (expected, rule, file) => {
    expect(await verdict({ deny: [rule], allow: ['Read'] }, 'Read', { file_path: file })).toBe(expected);
  });

  test('what may not be read is not edited', async () => {
    const wish = { deny: ['Read(a.txt)'], mode: 'acceptEdits' } as const;
    expect(await verdict(wish, 'Edit', { file_path: '@P/a.txt' })).toBe('deny');
  });

  test('ask beats allow', async () => {
    const wish = { ask: ['Edit(src/**)'], allow: ['Edit'], mode: 'acceptEdits' } as const;
    expect(await verdict(wish, 'Write', { file_path: '@P/src/x' })).toBe('ask');
    expect(await verdict(wish, 'Write', { file_path: '@P/x' })).toBe('allow');
  });
});

describe('other tools', () => {
  test.each<[string, GateWish, string, Record<string, Json>]>([
    ['allow', {}, 'TodoWrite', {}],
    ['ask', {}, 'WebSearch', {}],
    ['allow', { allow: ['WebSearch'] }, 'WebSearch', {}],
    ['ask', {}, 'WebFetch', { url: 'https://example.com/' }],
    ['allow', { allow: ['WebFetch(domain:example.com)'] }, 'WebFetch', { url: 'https://example.com/x' }],
    ['allow', { allow: ['WebFetch(domain:*.example.com)'] }, 'WebFetch', { url: 'https://a.example.com/x' }],
    ['allow', { allow: ['WebFetch'] }, 'WebFetch', { url: 'https://example.com/x' }],
    [
      'ask',
      { allow: ['WebFetch(domain:example.com)'] },
      'WebFetch',
      { url: 'https://example.com.evil.net/' },
    ],
    ['ask', { allow: ['WebFetch(domain:example.com)'] }, 'WebFetch', { url: 'https://evil-example.com/' }],
    [
      'ask',
      { allow: ['WebFetch(domain:example.com)'] },
      'WebFetch',
      { url: 'https://example.com@evil.net/' },
    ],
    ['ask', { allow: ['WebFetch(domain:example.com)'] }, 'WebFetch', { url: 'nonsense' }],
    [
      'deny',
      { allow: ['WebFetch'], deny: ['WebFetch(domain:example.com)'] },
      'WebFetch',
      { url: 'https://EXAMPLE.com./' },
    ],
    ['ask', {}, 'mcp__db__query', {}],
    ['allow', { allow: ['mcp__db__query'] }, 'mcp__db__query', {}],
    ['allow', { allow: ['mcp__db'] }, 'mcp__db__query', {}],
    ['allow', { allow: ['mcp__db__*'] }, 'mcp__db__query', {}],
    ['ask', { allow: ['mcp__db__query'] }, 'mcp__db__query_all', {}],
    ['ask', { allow: ['mcp__d'] }, 'mcp__db__query', {}],
    ['allow', { allow: ['mcp__db__qu*'] }, 'mcp__db__query', {}],
    ['ask', { allow: ['mcp__db__qu*'] }, 'mcp__db__drop', {}],
    ['ask', { allow: ['mcp__*'] }, 'mcp__db__query', {}],
    ['ask', { allow: ['mcp__*__query'] }, 'mcp__db__query', {}],
    ['deny', { allow: ['mcp__db'], deny: ['mcp__*'] }, 'mcp__db__query', {}],
    ['allow', { deny: ['mcp__*'] }, 'Read', { file_path: '@P/a.txt' }],
    ['allow', { allow: ['WebFetch(domain:*)'] }, 'WebFetch', { url: 'https://example.com/' }],
    ['ask', { allow: ['mcp__db__query(x)'] }, 'mcp__db__query', {}],
    ['deny', { allow: ['mcp__db__query'], deny: ['mcp__db'] }, 'mcp__db__query', {}],
    ['deny', { mode: 'bypassPermissions', deny: ['mcp__db'] }, 'mcp__db__query', {}],
    ['allow', { mode: 'bypassPermissions' }, 'mcp__db__query', {}],
    ['ask', { ask: ['mcp__db'], allow: ['mcp__db__query'] }, 'mcp__db__query', {}],
    ['deny', { mode: 'dontAsk' }, 'WebSearch', {}],
    ['deny', { mode: 'bypassPermissions', deny: ['*'] }, 'Read', { file_path: '@P/a.txt' }],
    ['deny', { mode: 'bypassPermissions', deny: ['*'] }, 'mcp__db__query', {}],
    ['deny', { mode: 'bypassPermissions', deny: ['B*'] }, 'Bash', { command: 'ls' }],
    ['deny', { mode: 'bypassPermissions', deny: ['R*'] }, 'Bash', { command: 'cat a.txt' }],
    ['deny', { mode: 'bypassPermissions', deny: ['*__query'] }, 'mcp__db__query', {}],
    ['allow', { mode: 'bypassPermissions', deny: ['B*'] }, 'Read', { file_path: '@P/a.txt' }],
    ['ask', { mode: 'bypassPermissions', ask: ['*'] }, 'Bash', { command: 'ls' }],
    ['ask', { allow: ['*'] }, 'Bash', { command: 'make' }],
    ['ask', { allow: ['*'] }, 'mcp__db__query', {}],
    ['ask', { allow: ['E*'] }, 'Edit', { file_path: '@P/a.txt' }],
    ['ask', {}, 'Workflow', { script: 'x' }],
    ['allow', { allow: ['Workflow'] }, 'Workflow', { script: 'x' }],
    ['ask', { mode: 'acceptEdits' }, 'Workflow', { script: 'x' }],
    ['allow', { mode: 'bypassPermissions' }, 'Workflow', { script: 'x' }],
    ['allow', { allow: ['Workflow(audit)'] }, 'Workflow', { name: 'audit', args: 1 }],
    ['ask', { allow: ['Workflow(audit)'] }, 'Workflow', { name: 'other' }],
    ['ask', { allow: ['Workflow(audit)'] }, 'Workflow', { name: 'audit', script: 'x' }],
    ['ask', { allow: ['Workflow(audit)'] }, 'Workflow', { name: 'audit', scriptPath: 'x.js' }],
    ['deny', { allow: ['Workflow'], deny: ['Workflow(audit)'] }, 'Workflow', { name: 'audit' }],
    ['deny', { allow: ['Workflow'], deny: ['Workflow(audit)'] }, 'Workflow', { script: 'x' }],
    ['allow', { allow: ['Workflow'], deny: ['Workflow(audit)'] }, 'Workflow', { name: 'other' }],
    ['deny', { deny: ['Bash'] }, 'Bash', { command: 'ls' }],
    ['ask', { ask: ['Bash'], allow: ['Bash'] }, 'Bash', { command: 'ls' }],
    ['ask', { allow: ['Bash'] }, 'Bash', {}],
    ['ask', { allow: ['Bash'] }, 'Bash', { command: ['ls'] }],
  ])('%s: %j %s %j', async (expected, wish, name, input) => {
    expect(await verdict(wish, name, input)).toBe(expected);
  });
});

describe('the folder that the session keeps for its model', () => {
  const decide = async (file: string, wish: Partial<Parameters<typeof permissionGate>[0]> = {}) => {
    const gate = await permissionGate({
      settings: NO_SETTINGS,
      mode: undefined,
      allowedTools: [],
      disallowedTools: [],
      addDirs: [],
      cwd: rig.project,
      homeDir: rig.home,
      offersBash: false,
      ownFolder: path.join(rig.outside, '.claude/scripts'),
      ...wish,
    });
    const kinds = ['Read', 'Edit'].map(
      (name) => gate.decide({ name, input: { file_path: place(file) }, useId: 'u' }).kind,
    );
    return kinds.join(' ');
  };

  beforeAll(() => {
    mkdirSync(path.join(rig.outside, '.claude/scripts'), { recursive: true });
    symlinkSync(`${rig.outside}/secret.txt`, `${rig.outside}/.claude/scripts/leads-out.js`);
  });

  test('may be read and written, wherever it lies; what leads out of it may not', async () => {
    expect(await decide('@O/.claude/scripts/a.js')).toBe('allow allow');
    expect(await decide('@O/.claude/scripts/leads-out.js')).toBe('ask ask');
    expect(await decide('@O/.claude/scripts/../settings.json')).toBe('ask ask');
    expect(await decide('@O/.claude/other.js')).toBe('ask ask');
  });

  test('but not against a rule or a mode', async () => {
    expect(await decide('@O/.claude/scripts/a.js', { disallowedTools: ['Edit'] })).toBe('allow deny');
    expect(await decide('@O/.claude/scripts/a.js', { mode: 'plan' })).toBe('allow deny');
  });
});

describe('what is kept for later sessions is not written unasked', () => {
  const kinds = async (file: string, keptFolders: readonly string[] = []) => {
    const gate = await permissionGate({
      settings: NO_SETTINGS,
      mode: 'acceptEdits',
      allowedTools: ['Write', 'Bash(cp:*)'],
      disallowedTools: [],
      addDirs: [rig.home],
      cwd: rig.project,
      homeDir: rig.home,
      offersBash: true,
      keptFolders: keptFolders.map(place),
    });
    const target = place(file);
    return [
      gate.decide({ name: 'Write', input: { file_path: target }, useId: 'u' }).kind,
      bash(gate, `echo x > ${target}`),
      bash(gate, `cp a.txt ${target}`),
    ].join(' ');
  };
  const ASKED = 'ask ask ask';
  const ALLOWED = 'allow allow allow';

  test.each([
    '@H/.local/state/andwait/code-cache/print-program-0',
    '@H/.local/state/andwait/pool/settings.json',
    '@H/.local/State/Andwait/runs/r/run.json',
    '@H/.local/state/andwait/runs/r/worktrees/.gitignore',
    '@H/.local/state/andwait/runs/r/worktrees/1/../../run.json',
    '@P/andwait-1000/pool/token',
  ])('%s', async (file) => {
    expect(await kinds(file)).toBe(ASKED);
  });

  test('wherever the user put it, links to it too', async () => {
    mkdirSync(path.join(rig.project, 'state/runs/r/worktrees/1'), { recursive: true });
    symlinkSync(`${rig.project}/state`, `${rig.project}/state-link`);
    expect(await kinds('@P/state/code-cache/x', ['@P/state'])).toBe(ASKED);
    expect(await kinds('@P/state-link/code-cache/x', ['@P/state'])).toBe(ASKED);
    expect(await kinds('@P/state/code-cache/x', ['@P/state-link'])).toBe(ASKED);
    expect(await kinds('@P/state/runs/r/worktrees/1/x', ['@P/state'])).toBe(ALLOWED);
    expect(await kinds('@P/state-of-things', ['@P/state'])).toBe(ALLOWED);
    expect(await kinds('@H/.local/state/andwait/runs/r/worktrees/1/src/x')).toBe(ALLOWED);
  });
});

describe('the session', () => {
  const open = async (more: Partial<Parameters<typeof permissionGate>[0]>) =>
    await permissionGate({
      settings: NO_SETTINGS,
      mode: undefined,
      allowedTools: [],
      disallowedTools: [],
      addDirs: [],
      cwd: rig.project,
      homeDir: undefined,
      offersBash: true,
      ...more,
    });

  test('the mode of the flag beats that of settings', async () => {
    const settings = { ...NO_SETTINGS, defaultMode: 'acceptEdits' } as const;
    expect((await open({ settings })).mode).toBe('acceptEdits');
    expect((await open({ settings, mode: 'plan' })).mode).toBe('plan');
    expect((await open({})).mode).toBe('default');
  });

  test('a mode that settings disable', async () => {
    const settings = { ...NO_SETTINGS, bypassDisabled: true };
    const gate = await open({ settings, mode: 'bypassPermissions' });
    expect(gate.mode).toBe('default');
    expect(gate.warnings).toEqual([expect.stringMatching(/bypassPermissions is disabled by settings/)]);
    expect(gate.withMode('bypassPermissions')).toEqual({
      refused: expect.stringMatching(/disabled by settings/),
    });
  });

  test('everything permitted, only where that was said at the start', async () => {
    const refused = { refused: expect.stringMatching(/not launched with --dangerously-skip-permissions/) };
    expect((await open({})).withMode('bypassPermissions')).toEqual(refused);
    expect((await open({ allowsBypass: true })).withMode('bypassPermissions')).toMatchObject({
      mode: 'bypassPermissions',
    });
    const launched = (await open({ mode: 'bypassPermissions' })).withMode('default');
    if ('refused' in launched) throw new Error(launched.refused);
    expect(launched.withMode('bypassPermissions')).toMatchObject({ mode: 'bypassPermissions' });
  });

  test('a host that a rule names, and no other', async () => {
    const gate = await gateFor(rig, {
      allow: ['WebFetch', 'WebFetch(domain:*.corp)', 'WebFetch(domain:10.0.0.1)'],
    });
    expect(['10.0.0.1', 'a.corp', '10.0.0.2'].map((host) => gate.namesHost(host))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('a mode that is set while it runs', async () => {
    const gate = (await open({})).withMode('acceptEdits');
    if ('refused' in gate) throw new Error(gate.refused);
    const use = { name: 'Write', input: { file_path: `${rig.project}/x` }, useId: 'toolu_1' };
    expect(gate.decide(use)).toEqual({ kind: 'allow', input: use.input });
  });

  test('flags are rules as well', async () => {
    const gate = await open({ allowedTools: ['Bash(make:*)', '(('], disallowedTools: ['Bash(make evil)'] });
    const kind = (command: string) => gate.decide({ name: 'Bash', input: { command }, useId: 't' }).kind;
    expect([kind('make all'), kind('make evil')]).toEqual(['allow', 'deny']);
    expect(gate.warnings).toEqual([expect.stringContaining('"((" is no rule')]);
  });

  test('managed settings may be the only ones that allow', async () => {
    const gate = await open({
      settings: { ...NO_SETTINGS, onlyManagedRules: true },
      allowedTools: ['Bash(make:*)'],
    });
    expect(gate.decide({ name: 'Bash', input: { command: 'make' }, useId: 't' }).kind).toBe('ask');
  });

  test('a command starts where the one before it ended', async () => {
    const gate = await open({ currentDir: () => `${rig.project}/src`, mode: 'acceptEdits' });
    const kind = (command: string) => gate.decide({ name: 'Bash', input: { command }, useId: 't' }).kind;
    expect([kind('cat ../a.txt'), kind('cat ../../outside/secret.txt')]).toEqual(['allow', 'ask']);
    expect([kind('cd .. && touch x'), kind('rm -rf ..'), kind('git status')]).toEqual([
      'allow',
      'ask',
      'ask',
    ]);
  });

  test('the model is told why', async () => {
    const gate = await open({ disallowedTools: ['Bash(rm:*)'] });
    expect(gate.decide({ name: 'Bash', input: { command: 'ls; rm x' }, useId: 't' })).toEqual({
      kind: 'deny',
      message: 'This use of Bash is not permitted: the rule Bash(rm:*) denies it.',
    });
    expect(gate.decide({ name: 'Bash', input: { command: 'ls; make all' }, useId: 't' })).toEqual({
      kind: 'ask',
      message: 'This use of Bash needs permission: no rule allows make all.',
    });
  });
});
