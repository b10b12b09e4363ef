/** What a model is told that calls a tool which this session does not have. */
import { type ToolResult, toolError } from './tool.ts';
import { WEB_SEARCH } from './web/web-search.ts';

/** The names that models and allowlists know. */
const KNOWN_TOOLS: ReadonlySet<string> = new Set([
  ...['Bash', 'Read', 'Write', 'Edit', 'Glob', 'Grep', 'NotebookEdit', 'WebFetch', 'WebSearch'],
  ...['TodoWrite', 'Task', 'Agent', 'Skill', 'Workflow'],
]);

/** `isDisabled`: flags, rules or the agent type take it away, which is another thing than not to exist. */
export function absentTool(name: string, isDisabled: (name: string) => boolean): ToolResult {
  if (!KNOWN_TOOLS.has(name)) return absent(`No such tool available: ${name}`);
  return absent(`No such tool available: ${name}. ${whyAbsent(name, isDisabled(name))}`);
}

function whyAbsent(name: string, isDisabled: boolean): string {
  if (isDisabled) return `${name} is disabled for this session.`;
  // The API runs it, unasked: so it is there only where that was said beforehand.
  return name === WEB_SEARCH.name
    ? `${name} is offered only where a permission rule or the mode allows it beforehand, and by a provider that has it.`
    : `This version of andwait-print has no ${name} tool.`;
}

function absent(message: string): ToolResult {
  return toolError(`<tool_use_error>Error: ${message}</tool_use_error>`, `Error: ${message}`);
}
