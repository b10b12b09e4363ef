/** A gate that decides as the test says. */
import type { Decision, PermissionGate, ToolUse } from '../../../src/print/permissions/permission-gate.ts';

export function fakeGate(
  decide: (use: ToolUse) => Decision = ({ input }) => ({ kind: 'allow', input }),
): PermissionGate {
  return { decide };
}
