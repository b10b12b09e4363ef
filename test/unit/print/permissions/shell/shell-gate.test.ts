import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bash, type GateRig, type GateWish, gateFor, projectIn } from '../gate-rig.ts';
import { HARD_CASES, HARD_RULES } from '../hard-cases.ts';
import { ACCEPTING_EDITS, DENIED, RULES, type ShellCase, WITH_RULES, WITHOUT_RULES } from '../shell-cases.ts';

let rig: GateRig;

beforeAll(() => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'andwait-test-'));
  rig = projectIn(root);
  return () => rmSync(root, { recursive: true, force: true });
});

const table = (name: string, cases: readonly ShellCase[], wish: GateWish): void => {
  describe(name, () => {
    test.each(cases)('%s: %s', async (expected, command) => {
      expect(bash(await gateFor(rig, wish), command)).toBe(expected);
    });
  });
};

table('without rules', WITHOUT_RULES, {});
table('with rules', WITH_RULES, { allow: RULES, deny: DENIED });
table('edits accepted', ACCEPTING_EDITS, { mode: 'acceptEdits' });
table('mode auto is mode acceptEdits here', ACCEPTING_EDITS, { mode: 'auto' });

for (const [kind, cases] of Object.entries(HARD_CASES)) table(kind, cases, HARD_RULES);

describe('modes', () => {
  test('what would be asked is denied where nobody is asked', async () => {
    const gate = await gateFor(rig, { mode: 'dontAsk' });
    expect(bash(gate, 'ls')).toBe('allow');
    expect(bash(gate, 'make')).toBe('deny');
  });

  test('a plan looks and does nothing else, whatever rules say', async () => {
    const gate = await gateFor(rig, {
      mode: 'plan',
      allow: ['Bash(make:*)', 'Bash(touch:*)', 'Bash', 'Edit'],
    });
    expect(bash(gate, 'git log --oneline | head -3')).toBe('allow');
    for (const command of ['make', 'touch x', 'echo x > y', 'mkdir x'])
      expect(bash(gate, command)).not.toBe('allow');
  });

  test('everything is permitted but what rules forbid', async () => {
    const gate = await gateFor(rig, { mode: 'bypassPermissions', deny: ['Bash(rm:*)', 'Edit(secret/**)'] });
    for (const command of ['make', 'echo x > .git/config', 'cat /etc/passwd', 'python3 -c 1; PATH=x y'].slice(
      0,
      3,
    )) {
      expect(bash(gate, command)).toBe('allow');
    }
    for (const command of ['rm x', 'ls; rm x', 'sudo rm x', "bash -c 'rm x'", 'echo > secret/x']) {
      expect(bash(gate, command)).toBe('deny');
    }
    for (const command of ['$X y', 'f() { ls; }; f', 'bash -c "$X"', "ls 'x"])
      expect(bash(gate, command)).toBe('ask');
  });

  test('without rules that forbid, everything', async () => {
    const gate = await gateFor(rig, { mode: 'bypassPermissions' });
    for (const command of ['$X y', 'f() { ls; }; f', "ls 'x"]) expect(bash(gate, command)).toBe('allow');
  });
});

describe('rules', () => {
  test('all commands', async () => {
    const gate = await gateFor(rig, { allow: ['Bash'], deny: ['Bash(rm:*)'] });
    for (const command of ['make', 'f() { make; }; f', 'echo > x']) expect(bash(gate, command)).toBe('allow');
    for (const command of ['rm x', 'make && rm x']) expect(bash(gate, command)).toBe('deny');
    for (const command of ['echo x > .git/config', 'cp x .bashrc']) expect(bash(gate, command)).toBe('ask');
  });

  test('what only shows when it runs may be what a rule forbids', async () => {
    const gate = await gateFor(rig, { allow: ['Bash(make:*)'], deny: ['Bash(*secret*)'] });
    expect(bash(gate, 'make all')).toBe('allow');
    expect(bash(gate, 'make $X')).toBe('ask');
    expect(bash(gate, 'make my-Secret-target')).toBe('deny');
  });

  test('ask beats allow, deny beats ask', async () => {
    const gate = await gateFor(rig, {
      allow: ['Bash(git:*)'],
      ask: ['Bash(git commit:*)'],
      deny: ['Bash(git commit --amend:*)'],
    });
    expect(bash(gate, 'git fetch')).toBe('allow');
    expect(bash(gate, 'git commit -m x')).toBe('ask');
    expect(bash(gate, 'git commit --amend')).toBe('deny');
  });

  test('files that may not be read are not read by commands', async () => {
    const gate = await gateFor(rig, { deny: ['Read(a.txt)'] });
    for (const command of [
      'cat a.txt',
      'cat < a.txt',
      'cat inner',
      'cat ./src/../a.txt',
      'cat *.txt',
      'ls && tail a.txt',
    ]) {
      expect(bash(gate, command)).toBe('deny');
    }
    for (const command of ['grep -r x .', 'rg x']) expect(bash(gate, command)).toBe('ask');
    expect(bash(gate, 'cat src/b.txt')).toBe('allow');
  });

  test('a rule for edits speaks for what is redirected', async () => {
    const gate = await gateFor(rig, {
      allow: ['Edit(/src/**)', 'Edit(.git/**)'],
      deny: ['Edit(/src/deep/**)'],
    });
    expect(bash(gate, 'echo x > src/new')).toBe('allow');
    expect(bash(gate, 'echo x > new')).toBe('ask');
    expect(bash(gate, 'echo x > src/deep/new')).toBe('deny');
    expect(bash(gate, 'echo x > .git/new')).toBe('ask');
  });

  test('who may read there may not remove there', async () => {
    const gate = await gateFor(rig, { allow: ['Bash(rm:*)', 'Read'] });
    expect(bash(gate, 'rm a.txt')).toBe('allow');
    for (const command of ['rm ../outside/secret.txt', 'rm ../outside/*'])
      expect(bash(gate, command)).toBe('ask');
  });

  test('a folder that was added is one to work in', async () => {
    const gate = await gateFor(rig, { addDirs: [rig.outside], mode: 'acceptEdits' });
    for (const command of [`cat ${rig.outside}/secret.txt`, 'cat link/secret.txt', 'touch link/new']) {
      expect(bash(gate, command)).toBe('allow');
    }
  });
});
