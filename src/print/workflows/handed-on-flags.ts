/** The flags that hold agents to what their session may do. Files are named absolutely: an agent may start in another folder. */
import path from 'node:path';
import type { PrintOptions } from '../options.ts';
import type { HandedOnFlags } from './workflow-runner.ts';

export interface SessionLimits {
  readonly options: PrintOptions;
  readonly cwd: string;
  /** Built-in tools that flags and agent type leave; `undefined` is all there are. */
  readonly availableTools: readonly string[] | undefined;
  /** An agent type narrows the session's tools: then nothing of its servers is handed on. */
  readonly isNarrowed: boolean;
}

export function handedOnFlags({ options, cwd, availableTools, isNarrowed }: SessionLimits): HandedOnFlags {
  const servers = isNarrowed ? [] : options.mcpConfigs;
  const settings = options.settings?.trim() ? [options.settings] : [];
  const files = (texts: readonly string[]): string[] =>
    texts.filter((text) => !isInline(text)).map((text) => path.resolve(cwd, text));
  return {
    kept: [
      ...list('--disallowedTools', options.disallowedTools.filter(isWord)),
      ...(availableTools === undefined ? [] : ['--tools', ...orEmpty(availableTools.filter(isWord))]),
      ...list(
        '--add-dir',
        options.addDirs.map((dir) => path.resolve(cwd, dir)),
      ),
      ...(options.projectConfigRoot === undefined
        ? []
        : ['--project-config-root', options.projectConfigRoot]),
      ...(options.settingSources === undefined
        ? []
        : ['--setting-sources', options.settingSources.join(',')]),
      ...list('--settings', files(settings)),
      ...list('--mcp-config', files(servers)),
      ...(options.strictMcpConfig || isNarrowed ? ['--strict-mcp-config'] : []),
      ...agentTypes(options.agents, cwd),
      ...(options.fallbackModels.length === 0 ? [] : ['--fallback-model', options.fallbackModels.join(',')]),
      ...(options.bare ? ['--bare'] : []),
      ...(options.persists ? [] : ['--no-session-persistence']),
    ],
    unkept: [
      ...list('--settings', settings.filter(isInline)),
      ...list('--mcp-config', servers.filter(isInline)),
    ],
  };
}

function list(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [name, ...values];
}

/** A list flag without a word would take the next flag for nothing: "" is how none is said. */
function orEmpty(tools: readonly string[]): readonly string[] {
  return tools.length === 0 ? [''] : tools;
}

/** What looks like a flag would be one to the agent; no tool's name does. */
export function isWord(text: string): boolean {
  return !text.startsWith('-');
}

function agentTypes(given: string | undefined, cwd: string): readonly string[] {
  if (given === undefined || given.trim() === '') return [];
  return ['--agents', isInline(given) ? given : path.resolve(cwd, given)];
}

function isInline(text: string): boolean {
  return text.trim().startsWith('{');
}
