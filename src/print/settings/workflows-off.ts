/** Who turned workflows off, if anybody did: managed settings count for more than all else, also where they leave them on. */
import type { Environment } from '../../core/program.ts';
import * as environment from '../environment.ts';
import { setting } from '../environment.ts';
import type { Settings } from './settings.ts';

/** In words, naming what to change; `undefined` where they are on. */
export function whoTurnedWorkflowsOff(
  env: Environment,
  { workflowsDisabled: { managed, own } }: Pick<Settings, 'workflowsDisabled'>,
): string | undefined {
  if (managed !== undefined) return managed.isOff ? named(managed.file) : undefined;
  if (own?.isOff) return named(own.file);
  const value = setting(env, environment.CLAUDE_CODE_DISABLE_WORKFLOWS);
  if (value === undefined || /^(0|false|no|off)$/i.test(value)) return undefined;
  return `the environment variable ${environment.CLAUDE_CODE_DISABLE_WORKFLOWS}=${value}`;
}

function named(file: string): string {
  return `"disableWorkflows": true in ${file === '' ? '--settings' : file}`;
}
