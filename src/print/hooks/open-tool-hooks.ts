/** Loads the hooks' code where there are any: most sessions have none. */
import type { Program } from '../../core/program.ts';
import type { OpenedSession } from '../session-files/open-session.ts';
import type { Settings } from '../settings/settings.ts';
import type { ToolHooks } from './tool-hooks.ts';

export async function toolHooksFor(
  program: Program,
  { toolHooks: hooks }: Settings,
  { sessionId, file: transcript }: OpenedSession,
  permissionMode: () => string,
): Promise<ToolHooks | undefined> {
  if (hooks.length === 0) return undefined;
  const { ToolHooks } = await import('./tool-hooks.ts');
  return new ToolHooks({ hooks, program, sessionId, transcript, permissionMode });
}
