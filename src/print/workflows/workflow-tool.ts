/** `Workflow`: the model writes or names a script that calls agents; it runs to its end, and what it returned is the tool's result. */
import type { Tool } from '../tools/tool.ts';
import { anything, optional, text } from '../tools/tool-fields.ts';
import { typedTool } from '../tools/typed-tool.ts';
import type { WorkflowToolDeps } from './order-workflow.ts';
import { WORKFLOW } from './workflow-words.ts';

const FIELDS = {
  script: optional(text('The script itself')),
  name: optional(
    text('Instead: name of a saved workflow (.claude/workflows), or of one that came with andwait'),
  ),
  scriptPath: optional(text('Instead, before both: file that holds a script')),
  args: optional(anything('What the script finds in `args`: any JSON value, not text that holds JSON')),
  resumeFromRunId: optional(
    text(
      'Run of this session to go on with: calls whose content is unchanged and that ended well are not made again. Alone it runs the same script again',
    ),
  ),
};

/** What carries a call out is loaded by the first one: most sessions make none. */
export function workflowTool(deps: WorkflowToolDeps): Tool {
  return typedTool({
    name: WORKFLOW.name,
    description: WORKFLOW.description,
    fields: FIELDS,
    tolerated: ['description', 'title'],
    isReadOnly: false,
    async run(call, { signal }) {
      const { orderWorkflow } = await import('./order-workflow.ts');
      return await orderWorkflow(call, deps, signal);
    },
  });
}
