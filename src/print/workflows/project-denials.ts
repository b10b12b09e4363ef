/**
 * What the project's settings forbid, as flags for agents: one in a worktree of its own finds no settings there that git does
 * not know (`settings.local.json` never is one), and rules written for the session's folder do not speak of it elsewhere.
 */
import type { PermissionMode } from '../flags/flag-table.ts';
import type { Rule, RuleBook } from '../permissions/rule.ts';

const FILE_TOOLS: ReadonlySet<string> = new Set(
  ['Read', 'Glob', 'Grep'].concat(['Edit', 'Write', 'NotebookEdit', 'MultiEdit']),
);

/** Nobody is asked for an agent: what would be asked about is denied. */
export function projectDenials({ deny, ask }: RuleBook, cwd: string, mode: PermissionMode): string[] {
  const asked = mode === 'bypassPermissions' ? ask.filter(({ pattern }) => pattern === undefined) : ask;
  const rules = [...deny, ...asked].filter(({ base }) => base === cwd);
  return [...new Set(rules.flatMap((rule) => [rule.text, ...inSessionsFolder(rule, cwd)]))];
}

/** The text itself speaks of the agent's folder. */
function inSessionsFolder({ tool, pattern }: Rule, cwd: string): string[] {
  if (pattern === undefined || !FILE_TOOLS.has(tool) || /^(\/\/|~|!)/.test(pattern)) return [];
  const relative = pattern.replace(/^\.?\//, '');
  // As gitignore has it: a name alone is meant at any depth.
  const isName = relative === pattern && !/\/./.test(pattern);
  const within = relative === '' || relative === '.' ? '**' : isName ? `**/${relative}` : relative;
  return [`${tool}(/${cwd}/${within})`];
}
