/**
 * Reads the hooks of one settings text. Those before a tool may be what guards it: one that cannot be run still stands
 * before its tools, and lets none of their calls pass.
 */
import { isJsonObject, type Json } from '../../core/json.ts';

export interface ToolHook {
  /** Which tools: as written. */
  readonly matcher: string;
  /** `undefined`: it cannot be run, for the reason that `problem` says. */
  readonly command: string | undefined;
  readonly problem: string;
  readonly timeoutMs: number;
}

export interface HookSettings {
  readonly beforeTools: readonly ToolHook[];
  /** Events that have hooks which are not run, and which a person may count on. */
  readonly notRun: readonly string[];
}

export const BEFORE_TOOLS = 'PreToolUse';

/** They only tell somebody of something. */
const HARMLESS: ReadonlySet<string> = new Set(['Notification', 'SessionEnd']);

const DEFAULT_TIMEOUT_MS = 60_000;
const ALL_TOOLS = '';

export function readHooks(value: Json | undefined): HookSettings {
  if (value === undefined) return { beforeTools: [], notRun: [] };
  if (!isJsonObject(value)) return { beforeTools: [unreadable(ALL_TOOLS)], notRun: [] };
  const notRun = Object.entries(value)
    .filter(([event, hooks]) => event !== BEFORE_TOOLS && !HARMLESS.has(event) && !isEmpty(hooks))
    .map(([event]) => event);
  return { beforeTools: toolHooks(value[BEFORE_TOOLS]), notRun };
}

function isEmpty(hooks: Json): boolean {
  return Array.isArray(hooks) && hooks.length === 0;
}

function toolHooks(entries: Json | undefined): ToolHook[] {
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) return [unreadable(ALL_TOOLS)];
  return entries.flatMap((entry: Json) => {
    if (!isJsonObject(entry)) return [unreadable(ALL_TOOLS)];
    const { matcher, hooks } = entry;
    const tools = typeof matcher === 'string' ? matcher : ALL_TOOLS;
    return Array.isArray(hooks) ? hooks.map((hook: Json) => toolHook(tools, hook)) : [unreadable(tools)];
  });
}

function toolHook(matcher: string, hook: Json): ToolHook {
  if (!isJsonObject(hook)) return unreadable(matcher);
  const { type, command, timeout } = hook;
  const timeoutMs = typeof timeout === 'number' && timeout > 0 ? timeout * 1000 : DEFAULT_TIMEOUT_MS;
  if (type !== 'command') {
    const problem = `it is of the type ${JSON.stringify(type ?? null)}, and andwait-print runs those of the type "command" alone`;
    return { matcher, command: undefined, problem, timeoutMs };
  }
  return typeof command === 'string' ? { matcher, command, problem: '', timeoutMs } : unreadable(matcher);
}

function unreadable(matcher: string): ToolHook {
  const problem =
    'it cannot be read: expected {"matcher": "<tool>", "hooks": [{"type": "command", "command": "…"}]}';
  return { matcher, command: undefined, problem, timeoutMs: DEFAULT_TIMEOUT_MS };
}

/** A command of a project that nobody has trusted is not run. */
export function withoutCommands({ beforeTools, notRun }: HookSettings): HookSettings {
  const problem = 'it is a command of a project that nobody has trusted';
  return { beforeTools: beforeTools.map((hook) => ({ ...hook, command: undefined, problem })), notRun };
}

/** Names, apart by `|` or `,`, or else a pattern. */
export function isMatched(matcher: string, tool: string): boolean {
  if (matcher === '' || matcher === '*') return true;
  if (/^[\w\s|,-]+$/.test(matcher)) return matcher.split(/[|,]/).some((name) => name.trim() === tool);
  try {
    return new RegExp(matcher).test(tool);
  } catch {
    // What a pattern that is none was meant for, nobody knows: it stands before every tool.
    return true;
  }
}
