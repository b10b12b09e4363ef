/** What `WebFetch(domain:…)` and `Workflow(name)` speak of: tools that no file or command decides about. */
import type { Json } from '../../core/json.ts';
import { namesDomain, type Rule } from './rule.ts';

type Input = Readonly<Record<string, Json>>;

/** Of a rule with a pattern: one that is not understood grants nothing. */
export function grantsUse(rule: Rule, tool: string, input: Input): boolean {
  if (tool === 'WebFetch') return namesDomain(rule, urlIn(input));
  return tool === 'Workflow' && rule.pattern === savedName(input);
}

/** Of a rule with a pattern: one that is not understood forbids everything. */
export function forbidsUse(rule: Rule, tool: string, input: Input): boolean {
  if (tool === 'WebFetch') return namesDomain(rule, urlIn(input));
  if (tool !== 'Workflow') return true;
  const saved = savedName(input);
  return saved === undefined || saved === rule.pattern;
}

function urlIn({ url }: Input): string {
  return typeof url === 'string' ? url : '';
}

/** A script that is written anew, or named as a file, could be anything. */
function savedName({ name, script, scriptPath }: Input): string | undefined {
  const isSaved = script === undefined && scriptPath === undefined;
  return isSaved && typeof name === 'string' ? name : undefined;
}
