/** Loads the hooks' code where there are any: most sessions have none. */
import type { AgentEvent } from '../../wire/events/event.ts';
import type { PrintOptions } from '../options.ts';
import type { ToolHooks, ToolHooksDeps } from './tool-hooks.ts';

export interface ToolHooksWish extends Omit<ToolHooksDeps, 'projectDir' | 'onEvent'> {
  readonly options: PrintOptions;
  readonly emit: (event: AgentEvent) => Promise<void>;
}

export async function toolHooksFor({
  options,
  emit,
  ...deps
}: ToolHooksWish): Promise<ToolHooks | undefined> {
  if (options.bare || deps.hooks.length === 0) return undefined;
  const { ToolHooks } = await import('./tool-hooks.ts');
  const projectDir = options.projectConfigRoot ?? deps.program.cwd;
  return new ToolHooks({ ...deps, projectDir, onEvent: options.tellsHooks ? emit : undefined });
}
