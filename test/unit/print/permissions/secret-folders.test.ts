/** The pool's token in a working directory: nobody reads it unasked, and what lies beside it is as it ever was. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { secretFolders } from '../../../../src/print/environment.ts';
import type { PermissionMode } from '../../../../src/print/flags/flag-table.ts';
import {
  permissionGate,
  type SessionPermissions,
} from '../../../../src/print/permissions/permission-gate.ts';
import { NO_SETTINGS } from '../../../../src/print/settings/settings.ts';
import { bash, type GateRig, projectIn } from './gate-rig.ts';

let rig: GateRig;

beforeAll(() => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'andwait-test-'));
  rig = projectIn(root);
  mkdirSync(`${rig.project}/state/pool`, { recursive: true });
  writeFileSync(`${rig.project}/state/pool/token`, 'secret\n');
  writeFileSync(`${rig.project}/state/note`, 'plain\n');
  symlinkSync('state/pool', `${rig.project}/pool-link`);
  symlinkSync('state/pool/token', `${rig.project}/token-link`);
  return () => rmSync(root, { recursive: true, force: true });
});

async function gate(
  allowedTools: readonly string[] = [],
  mode?: PermissionMode,
): Promise<SessionPermissions> {
  return await permissionGate({
    settings: NO_SETTINGS,
    mode,
    allowedTools,
    disallowedTools: [],
    addDirs: [],
    cwd: rig.project,
    homeDir: rig.home,
    offersBash: true,
    keptFolders: [`${rig.project}/state`],
    secretFolders: [`${rig.project}/state/pool`],
  });
}

describe('a tool that names it', () => {
  test.each<[tool: string, input: Record<string, string>]>([
    ['Read', { file_path: 'state/pool/token' }],
    ['Read', { file_path: 'State/POOL/Token' }],
    ['Read', { file_path: 'src/../state/pool/token' }],
    ['Read', { file_path: 'token-link' }],
    ['Read', { file_path: 'pool-link/token' }],
    ['Grep', { pattern: '.', path: 'state/pool' }],
    ['Grep', { pattern: '.', path: 'state/pool/token' }],
    ['Glob', { pattern: '*', path: 'state/pool' }],
    ['Glob', { pattern: 'state/pool/*' }],
    ['Edit', { file_path: 'state/pool/token' }],
    ['Write', { file_path: 'state/pool/token' }],
  ])('%s %j', async (name, input) => {
    for (const rules of [[], ['Read', 'Edit', 'Read(./**)', 'Edit(./**)']]) {
      const decision = (await gate(rules, 'acceptEdits')).decide({ name, input, useId: 'u' });
      expect(decision.kind).toBe('ask');
    }
    const inNoMode = (await gate([], 'bypassPermissions')).decide({ name, input, useId: 'u' });
    expect(inNoMode.kind).toBe('allow');
  });

  test('what lies beside it is read as ever', async () => {
    const input = { file_path: 'state/note' };
    expect((await gate()).decide({ name: 'Read', input, useId: 'u' }).kind).toBe('allow');
  });
});

describe('a command', () => {
  test.each([
    'cat state/pool/token',
    'cat < state/pool/token',
    'cat token-link',
    'cat state/pool/*',
    'cd state/pool && cat token',
    'cd state && cat pool/token',
    'grep -r . state',
    'grep -r . *',
    'grep -r .',
    'mv state elsewhere',
    'mv pool-link x',
    'echo "$(cat state/pool/token)"',
  ])('%s: refused', async (command) => {
    expect(bash(await gate([], 'acceptEdits'), command)).toBe('ask');
    expect(bash(await gate([], 'bypassPermissions'), command)).toBe('allow');
  });

  test.each([
    'cat state/pool/token',
    'diff -r state/pool src',
    'xxd state/pool/token',
    'tool --in=state/pool/token',
    'tool state/pool/*',
    'mv state elsewhere',
  ])('%s: refused, though a rule allows the command', async (command) => {
    expect(
      bash(await gate(['Bash(cat:*)', 'Bash(diff:*)', 'Bash(xxd:*)', 'Bash(tool:*)', 'Bash(mv:*)']), command),
    ).toBe('ask');
    if (!command.startsWith('mv')) expect(bash(await gate(['Bash']), command)).toBe('ask');
  });

  test.each([
    'cat state/note',
    'grep -r . src',
    'ls',
    'cat a.txt src/*',
    'mv a.txt state.txt',
    'mv src/b.txt .',
  ])('%s: as ever', async (command) => {
    expect(bash(await gate([], 'acceptEdits'), command)).toBe('allow');
  });
});

test('a search leaves it out, and looks at the rest', async () => {
  const open = await gate(['Read']);
  expect([open.hidesWithin(rig.project), open.hidesWithin(`${rig.project}/src`)]).toEqual([true, false]);
  const files = ['state/pool/token', 'token-link', 'state/note', 'a.txt'];
  expect(files.filter((file) => open.hides(`${rig.project}/${file}`))).toEqual([
    'state/pool/token',
    'token-link',
  ]);
  const bypassing = await gate([], 'bypassPermissions');
  expect([bypassing.hidesWithin(rig.project), bypassing.hides(`${rig.project}/state/pool/token`)]).toEqual([
    false,
    false,
  ]);
});

test('it is where the user put it; nowhere, where that is no place', () => {
  const at = (ANDWAIT_HOME: string) => secretFolders({ env: { ANDWAIT_HOME }, uid: 7, homeDir: '/home/u' });
  expect([at('/p/state/'), at('relative')]).toEqual([['/p/state/pool'], []]);
});
