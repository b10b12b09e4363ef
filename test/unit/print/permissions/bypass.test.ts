import { expect, test } from 'vitest';
import { bypassRefusal } from '../../../../src/print/permissions/bypass.ts';

const WISH = { permissionMode: 'bypassPermissions', allowsBypass: false } as const;

test.each([
  [0, {}, WISH, true],
  [0, {}, { permissionMode: 'plan', allowsBypass: true } as const, true],
  [0, { IS_SANDBOX: 'true' }, WISH, true],
  [0, { IS_SANDBOX: '1' }, WISH, false],
  [0, { CLAUDE_CODE_BUBBLEWRAP: '1' }, WISH, false],
  [0, {}, { permissionMode: undefined, allowsBypass: false }, false],
  [1000, {}, WISH, false],
])('uid %i, %j, %j: refused %j', (uid, env, wish, isRefused) => {
  const refusal = bypassRefusal({ uid, env }, wish);
  expect(refusal).toBe(
    isRefused
      ? '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons'
      : undefined,
  );
});
