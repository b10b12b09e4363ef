/** Whether a session is offered the `Workflow` tool, and what a model is told that calls it all the same. */

import type { Environment } from '../../core/program.ts';
import { ANDWAIT_AGENT } from '../../wire/environment/run-environment.ts';
import { setting } from '../environment.ts';
import type { Settings } from '../settings/settings.ts';
import { whoTurnedWorkflowsOff } from '../settings/workflows-off.ts';
import { type ToolResult, toolError } from '../tools/tool.ts';
import { WORKFLOW } from './workflow-words.ts';

/** In words; `undefined` where nothing speaks against it. */
export function whyNoWorkflows(env: Environment, settings: Settings): string | undefined {
  if (setting(env, ANDWAIT_AGENT) !== undefined) {
    return 'this session is itself the agent of a run, or was started by one, and such an agent starts no workflow and no agents of its own. Do the task yourself, or say in your answer which agents it would need.';
  }
  const who = whoTurnedWorkflowsOff(env, settings);
  return who === undefined ? undefined : `workflows are turned off by ${who}.`;
}

export function absentWorkflow(why: string): ToolResult {
  const message = `${WORKFLOW.name} is not available: ${why}`;
  return toolError(`<tool_use_error>Error: ${message}</tool_use_error>`, `Error: ${message}`);
}
