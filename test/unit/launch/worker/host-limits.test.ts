/** A host does not let a queue decide what its agents may do. */
import { describe, expect, test } from 'vitest';
import { overreach } from '../../../../src/launch/worker/host-limits.ts';

const asks = (permissionMode: string, ...allowedTools: string[]) => ({ permissionMode, allowedTools });

describe('modes', () => {
  test.each([
    ['acceptEdits', 'plan', true],
    ['acceptEdits', 'default', true],
    ['acceptEdits', 'dontAsk', true],
    ['acceptEdits', 'acceptEdits', true],
    ['acceptEdits', 'auto', false],
    ['acceptEdits', 'bypassPermissions', false],
    ['acceptEdits', 'somethingNew', false],
    ['default', 'acceptEdits', false],
    ['plan', 'default', false],
    ['auto', 'bypassPermissions', false],
    ['bypassPermissions', 'bypassPermissions', true],
    ['nonsense', 'default', false],
  ])('where %s is the most, %s is let through: %j', (permissionMode, asked, isLet) => {
    const refusal = overreach(asks(asked), { permissionMode, allowedTools: [] });
    if (isLet) expect(refusal).toBeUndefined();
    else expect(refusal).toContain(`--permission-mode ${asked}, and this host allows ${permissionMode}`);
  });
});

describe('rules', () => {
  const limits = { permissionMode: 'acceptEdits', allowedTools: ['Bash(npm test)', 'Read', 'mcp__x__y'] };

  test.each(['Bash(npm test)', 'Read', 'Read(src/**)', 'mcp__x__y'])('%s is let through', (rule) => {
    expect(overreach(asks('default', rule), limits)).toBeUndefined();
  });

  test.each([
    'Bash',
    'Bash(npm test *)',
    'Bash(npm run x)',
    'Write',
    'mcp__x',
    // Several in one text, as the agents' own flag would take them.
    'Read Bash',
    'Read,Bash(rm *)',
    'Read(a) Bash(rm *)',
    'Read(a),Bash',
    'Read(a, Bash(b))',
    '',
  ])('%j is not', (rule) => {
    expect(overreach(asks('default', 'Read', rule), limits)).toContain(JSON.stringify(rule));
  });

  test('a host that allows everything allows every rule', () => {
    const all = { permissionMode: 'bypassPermissions', allowedTools: [] };
    expect(overreach(asks('default', 'Bash'), all)).toBeUndefined();
  });
});
