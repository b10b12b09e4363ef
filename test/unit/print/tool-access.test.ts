import { expect, test } from 'vitest';
import { refusalOf, type ToolRules } from '../../../src/print/tools/tool-access.ts';

const RULES: ToolRules = { permissionMode: 'default', allowed: [], disallowed: [], available: undefined };

test.each<[string, string, Partial<ToolRules>, boolean, RegExp]>([
  ['a tool nobody knows', 'Nope', {}, false, /^Error: No such tool available: Nope$/],
  ['a known tool', 'Bash', {}, true, /Permission to use Bash was not granted/],
  ['a tool of a server', 'mcp__s__t', {}, true, /Permission to use mcp__s__t/],
  ['an allowed tool', 'Bash', { allowed: ['Bash'] }, false, /has no Bash tool/],
  ['a tool allowed by a rule', 'Bash', { allowed: ['Bash(git *)'] }, false, /has no Bash tool/],
  [
    'a tool whose name only begins like an allowed one',
    'Edit',
    { allowed: ['Edit2', 'EditX(a)'] },
    true,
    /not granted/,
  ],
  [
    'a tool that was taken away, allowed or not',
    'Bash',
    { allowed: ['Bash'], disallowed: ['Bash'] },
    false,
    /Bash is disabled for this session/,
  ],
  [
    'a tool that is not among those there are',
    'Bash',
    { available: ['Read'] },
    false,
    /Bash is disabled for this session/,
  ],
  ['an edit, edits accepted', 'Write', { permissionMode: 'acceptEdits' }, false, /has no Write tool/],
  ['a command, edits accepted', 'Bash', { permissionMode: 'acceptEdits' }, true, /not granted/],
  [
    'anything, everything permitted',
    'Bash',
    { permissionMode: 'bypassPermissions' },
    false,
    /has no Bash tool/,
  ],
  ['an edit, only planning', 'Write', { permissionMode: 'plan' }, true, /not granted/],
])('%s', (_name, tool, rules, isDenial, message) => {
  const refusal = refusalOf(tool, { ...RULES, ...rules });
  expect(refusal.isDenial).toBe(isDenial);
  expect(refusal.result).toMatchObject({ isError: true, forPrograms: expect.stringMatching(message) });
});
