/**
 * What becomes of a call to a tool that this session does not have. Print mode brings no tools of its own yet besides
 * StructuredOutput; a model may ask for them all the same, and each refusal of permission is reported.
 */
import type { PermissionMode } from '../flags/flag-table.ts';
import { type ToolResult, toolError } from './tool.ts';

export interface ToolRules {
  readonly permissionMode: PermissionMode;
  readonly allowed: readonly string[];
  readonly disallowed: readonly string[];
  /** Tools there are; `undefined` is all. */
  readonly available: readonly string[] | undefined;
}

export interface Refusal {
  readonly result: ToolResult;
  /** It was a matter of permission: reported in `permission_denials`. */
  readonly isDenial: boolean;
}

/** The names that models and allowlists know. */
const KNOWN_TOOLS = new Set(
  ['Bash', 'Read', 'Write', 'Edit', 'Glob', 'Grep', 'NotebookEdit', 'WebFetch', 'WebSearch'].concat([
    'TodoWrite',
    'Task',
    'Agent',
    'Skill',
    'Workflow',
  ]),
);
const EDITING_TOOLS = new Set(['Write', 'Edit', 'NotebookEdit']);

export function refusalOf(name: string, rules: ToolRules): Refusal {
  if (!KNOWN_TOOLS.has(name) && !name.startsWith('mcp__')) return absent(`No such tool available: ${name}`);
  if (isDisabled(name, rules)) {
    return absent(`No such tool available: ${name}. ${name} is disabled for this session.`);
  }
  if (isPermitted(name, rules)) {
    return absent(`No such tool available: ${name}. This version of andwait-print has no ${name} tool.`);
  }
  const message = `Permission to use ${name} was not granted, and there is nobody to ask. Go on without it, or say what you would have needed it for.`;
  return { result: toolError(message), isDenial: true };
}

function absent(message: string): Refusal {
  return {
    result: toolError(`<tool_use_error>Error: ${message}</tool_use_error>`, `Error: ${message}`),
    isDenial: false,
  };
}

function isDisabled(name: string, { disallowed, available }: ToolRules): boolean {
  return disallowed.includes(name) || (available !== undefined && !available.includes(name));
}

function isPermitted(name: string, { permissionMode, allowed }: ToolRules): boolean {
  if (permissionMode === 'bypassPermissions') return true;
  if (permissionMode === 'acceptEdits' && EDITING_TOOLS.has(name)) return true;
  return allowed.some((rule) => rule === name || rule.startsWith(`${name}(`));
}
