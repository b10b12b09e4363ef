/** A permission rule as people write it, `Tool` or `Tool(pattern)`, and where it was written: that decides what `/x` in it means. */

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
  return { text: text.trim(), tool, pattern: isWhole ? undefined : inner, base };
}

/** `mcp__server` and `mcp__server__*` speak for every tool of that server. */
export function namesTool(rule: Rule, tool: string): boolean {
  if (rule.tool === tool) return true;
  if (!rule.tool.startsWith('mcp__')) return false;
  const server = rule.tool.endsWith('__*') ? rule.tool.slice(0, -3) : rule.tool;
  const isServer = server.split('__').length === 2;
  return isServer && tool.startsWith(`${server}__`);
}

/** `WebFetch(domain:example.com)`: that host, and those below it where the rule begins with `*.`. */
export function namesDomain(rule: Rule, url: string): boolean {
  const domain = /^domain:(.+)$/
    .exec(rule.pattern ?? '')?.[1]
    ?.trim()
    .toLowerCase();
  const host = URL.canParse(url) ? new URL(url).hostname.toLowerCase().replace(/\.$/, '') : undefined;
  if (domain === undefined || host === undefined) return false;
  return domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain;
}
