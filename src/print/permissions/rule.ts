/** A permission rule as people write it, `Tool` or `Tool(pattern)`, and where it was written: that decides what `/x` in it means. */
import { matchWildcard } from './wildcard.ts';

export interface Rule {
  /** As written, for messages. */
  readonly text: string;
  readonly tool: string;
  /** `undefined` is every use of the tool. */
  readonly pattern: string | undefined;
  /** Folder that a pattern beginning with one `/` starts from. */
  readonly base: string;
}

export type Behavior = 'allow' | 'ask' | 'deny';
export type RuleBook = Readonly<Record<Behavior, readonly Rule[]>>;

const RULE = /^([^()\s]+)(?:\(([\s\S]*)\))?$/;

/** `undefined` where the text is no rule. */
export function parseRule(text: string, base: string): Rule | undefined {
  const match = RULE.exec(text.trim());
  const tool = match?.[1];
  if (tool === undefined) return undefined;
  const inner = match?.[2]?.trim();
  const isWhole = inner === undefined || inner === '' || inner === '*' || inner === ':*';
  // Patterns mean something else for each tool.
  if (!isWhole && tool.includes('*') && !tool.startsWith('mcp__')) return undefined;
  return { text: text.trim(), tool, pattern: isWhole ? undefined : inner, base };
}

/** `mcp__server` and `mcp__server__*` speak for every tool of that server, `mcp__server__get_*` for some. */
export function namesTool(rule: Rule, tool: string): boolean {
  if (rule.tool === tool) return true;
  if (!rule.tool.startsWith('mcp__') || !tool.startsWith('mcp__')) return false;
  const isServer = rule.tool.split('__').length === 2 && !rule.tool.includes('*');
  return matchWildcard(isServer ? `${rule.tool}__*` : rule.tool, tool) === 'yes';
}

/** As `namesTool`. Measured: `*` in the name of a tool forbids all that it stands for, and grants nothing. */
export function forbidsTool(rule: Rule, tool: string): boolean {
  return namesTool(rule, tool) || matchWildcard(rule.tool, tool) === 'yes';
}

/** Measured: a rule that leaves the server open forbids, and grants nothing. */
export function leavesServerOpen(rule: Rule): boolean {
  return rule.tool.startsWith('mcp__') && rule.tool.split('__')[1]?.includes('*') === true;
}

/** `WebFetch(domain:example.com)`: that host, those below it where the rule begins with `*.`, all where it is `*`. */
export function namesDomain(rule: Rule, url: string): boolean {
  const domain = domainOf(rule);
  const host = URL.canParse(url) ? plainHost(new URL(url)) : undefined;
  if (domain === undefined || host === undefined) return false;
  if (domain === '*') return true;
  return domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain;
}

/** Whether the rule names just this host: then it is meant, wherever it may be. */
export function namesHost(rule: Rule, host: string): boolean {
  return rule.tool === 'WebFetch' && domainOf(rule) === host;
}

function domainOf(rule: Rule): string | undefined {
  return /^domain:(.+)$/
    .exec(rule.pattern ?? '')?.[1]
    ?.trim()
    .toLowerCase();
}

/** As rules write it; an IPv6 address stands in brackets. */
export function plainHost({ hostname }: URL): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}
