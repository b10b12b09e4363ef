/** Whether a session is offered the `Workflow` tool, and what a model is told that calls it all the same. */

import type { Environment } from '../../core/program.ts';
import { ANDWAIT_AGENT } from '../../wire/run-environment.ts';
import * as environment from '../environment.ts';
import { setting } from '../environment.ts';
import type { Settings } from '../settings/settings.ts';
import { type ToolResult, toolError } from '../tools/tool.ts';
import { WORKFLOW } from './workflow-words.ts';

/** In words; `undefined` where nothing speaks against it. */
export function whyNoWorkflows(env: Environment, settings: Settings): string | undefined {
  if (setting(env, ANDWAIT_AGENT) !== undefined) {
    return 'this session is itself the agent of a run, or was started by one, and such an agent starts no workflow and no agents of its own. Do the task yourself, or say in your answer which agents it would need.';
  }
  const { managed, own } = settings.workflowsDisabled;
  const isOff = managed ?? (own === true || isOn(setting(env, environment.CLAUDE_CODE_DISABLE_WORKFLOWS)));
  if (!isOff) return undefined;
  return `workflows are turned off (disableWorkflows in the settings, or ${environment.CLAUDE_CODE_DISABLE_WORKFLOWS}).`;
}

export function absentWorkflow(why: string): ToolResult {
  const message = `${WORKFLOW.name} is not available: ${why}`;
  return toolError(`<tool_use_error>Error: ${message}</tool_use_error>`, `Error: ${message}`);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(0|false|no|off)$/i.test(value);
}
