/** What a session brings to its model besides the conversation: tools, and the gate before them. */
import path from 'node:path';
import type { Program } from '../../core/program.ts';
import type { AgentType } from '../../wire/agent-type.ts';
import { modelProvider } from '../../wire/environment/model-provider.ts';
import type { ToolSpec } from '../api/model.ts';
import * as environment from '../environment.ts';
import { setting } from '../environment.ts';
import type { McpServer } from '../mcp/mcp-config.ts';
import type { McpConnections } from '../mcp/mcp-tools.ts';
import type { PrintOptions } from '../options.ts';
import {
  type PermissionGate,
  permissionGate,
  type SessionPermissions,
} from '../permissions/permission-gate.ts';
import { namesTool, parseRule, plainHost } from '../permissions/rule.ts';
import { ruleBook, wholeRule } from '../permissions/rule-book.ts';
import type { Settings } from '../settings/settings.ts';
import { WorkingFolder } from '../tools/shell/working-folder.ts';
import type { Tool } from '../tools/tool.ts';
import { toolset } from '../tools/toolset.ts';
import type { PageReader } from '../tools/web/web-fetch.ts';
import { WEB_SEARCH } from '../tools/web/web-search.ts';
import type { PermissionAsker } from './tool-calls.ts';

export interface Equipment extends Disposable {
  readonly tools: readonly Tool[];
  /** Run by the API. */
  readonly serverTools: readonly ToolSpec[];
  readonly gate: SessionPermissions;
  readonly mcpServers: McpConnections['servers'];
  /** For stderr. */
  readonly warnings: readonly string[];
  /** Built-in ones that flags and agent type leave; `undefined` is all there are. */
  readonly availableTools: readonly string[] | undefined;
  /** It was taken away: by a flag, by a rule of settings that denies every use of it, or by the agent type. */
  isDisabled(name: string): boolean;
  /** Of `--permission-prompt-tool`; a text is why the session cannot begin. */
  readonly asker: PermissionAsker | string | undefined;
}

export interface EquipmentWish {
  readonly program: Program;
  readonly options: PrintOptions;
  readonly agentType: AgentType | undefined;
  readonly settings: Settings;
  readonly mcpServers: readonly McpServer[];
  readonly reader: PageReader;
  /** Absolute. For outputs that are too long to show. */
  readonly outputDir: string;
  /** Absolute; of the session itself, where it is kept. */
  readonly transcript: string | undefined;
  /** Absolute. For workflow scripts, which the model is told to edit there. */
  readonly scriptsDir: string;
}

export async function equipmentFor(wish: EquipmentWish): Promise<Equipment> {
  const { program, options, agentType, settings } = wish;
  const { cwd, homeDir } = program;
  const available = availableTools(options, agentType);
  const isDisabled = toolDisabler(wish);
  const folder = new WorkingFolder(cwd, [...options.addDirs, ...settings.additionalDirectories]);
  const gate = await permissionGate({
    settings,
    mode: options.permissionMode,
    allowsBypass: options.allowsBypass,
    allowedTools: [...options.allowedTools, ...ownReads(wish)],
    disallowedTools: options.disallowedTools,
    addDirs: options.addDirs.map((dir) => path.resolve(cwd, dir)),
    cwd,
    configRoot: options.projectConfigRoot,
    homeDir,
    ownFolder: wish.scriptsDir,
    keptFolders: environment.keptFolders(program.env),
    secretFolders: environment.secretFolders(program),
    currentDir: () => folder.current,
    offersBash: !isDisabled('Bash'),
  });
  const own = toolset({
    program,
    folder,
    outputDir: wish.outputDir,
    reader: wish.reader,
    isNamed: (url) => gate.namesHost(plainHost(url)),
    hidden: { within: (dir) => gate.hidesWithin(dir), has: (file) => gate.hides(file) },
    isOffered: (name) => !isDisabled(name),
  });
  const mcp = await connections(wish);
  return {
    tools: [
      ...own,
      // The model is not to ask itself for permission.
      ...(mcp?.tools ?? []).filter(
        ({ spec }) => spec.name !== options.permissionPromptTool && !isMcpDisabled(spec.name, wish),
      ),
    ],
    // Bedrock runs no tools itself.
    serverTools: modelProvider(program.env) === 'bedrock' ? [] : serverTools(gate, isDisabled),
    gate,
    mcpServers: mcp?.servers ?? [],
    warnings: [...settings.warnings, ...gate.warnings, ...(mcp?.warnings ?? [])],
    availableTools: available,
    isDisabled,
    asker: await askerFor(options.permissionPromptTool, mcp),
    [Symbol.dispose]: () => mcp?.[Symbol.dispose](),
  };
}

type Narrowing = Pick<EquipmentWish, 'program' | 'options' | 'agentType' | 'settings'>;

/** Whether a built-in tool was taken away. */
export function toolDisabler(narrowing: Narrowing): (name: string) => boolean {
  const available = availableTools(narrowing.options, narrowing.agentType);
  const isDenied = denier(narrowing);
  return (name) => isDenied(name) || (available !== undefined && !available.includes(name));
}

/** Measured: a tool whose every use is denied is not offered. */
function denier({ program, options, settings }: Narrowing): (tool: string) => boolean {
  const { allowedTools, disallowedTools } = options;
  const { rules } = ruleBook({ settings, allowedTools, disallowedTools, cwd: program.cwd });
  return (tool) => wholeRule({ rules, behavior: 'deny', tool }) !== undefined;
}

/** The model is told to read there what was too long to show, or too old to be kept in the conversation. */
function ownReads({ outputDir, transcript }: EquipmentWish): string[] {
  return [`Read(/${outputDir}/**)`, ...(transcript === undefined ? [] : [`Read(/${transcript})`])];
}

async function connections({ mcpServers, program }: EquipmentWish): Promise<McpConnections | undefined> {
  if (mcpServers.length === 0) return undefined;
  const { connectMcp } = await import('../mcp/mcp-tools.ts');
  const { env, cwd } = program;
  return await connectMcp(mcpServers, {
    cwd,
    startMs: milliseconds(setting(env, environment.MCP_TIMEOUT)) ?? START_MS,
    callMs: milliseconds(setting(env, environment.MCP_TOOL_TIMEOUT)) ?? CALL_MS,
  });
}

/** As measured. */
const START_MS = 30_000;
/** A tool of a server may take its time: only an interruption ends it sooner. */
const CALL_MS = 24 * 60 * 60 * 1000;

function milliseconds(given: string | undefined): number | undefined {
  const ms = Number(given);
  return Number.isInteger(ms) && ms > 0 ? Math.min(ms, CALL_MS) : undefined;
}

/** Who is asked in the user's place; or, as the real program words it, why nobody can be. */
async function askerFor(
  name: string | undefined,
  mcp: McpConnections | undefined,
): Promise<PermissionAsker | string | undefined> {
  if (name === undefined || name === 'stdio') return undefined;
  const tools = mcp?.tools ?? [];
  const tool = tools.find(({ spec }) => spec.name === name);
  if (tool === undefined) {
    const available = tools.map(({ spec }) => spec.name).join(', ');
    return `Error: MCP tool ${name} (passed via --permission-prompt-tool) not found. Available MCP tools: ${available || 'none'}`;
  }
  const { McpAsker } = await import('../mcp/mcp-asker.ts');
  return new McpAsker(name, tool.call);
}

/** `--tools` speaks of the built-in ones alone. A whole server goes by `mcp__name`, as in rules. */
function isMcpDisabled(name: string, narrowing: Narrowing): boolean {
  const named = narrowing.agentType?.tools?.map((text) => parseRule(text, '/'));
  const isLeft =
    named?.some((rule) => rule !== undefined && rule.pattern === undefined && namesTool(rule, name)) ?? true;
  return !isLeft || denier(narrowing)(name);
}

/** What the API runs cannot be asked about call by call: it is offered where it is permitted beforehand. */
function serverTools(gate: PermissionGate, isDisabled: (name: string) => boolean): ToolSpec[] {
  const { name } = WEB_SEARCH;
  const isAllowed = gate.decide({ name, input: {}, useId: '' }).kind === 'allow';
  return isAllowed && !isDisabled(name) ? [WEB_SEARCH] : [];
}

/** Measured. */
const BARE_TOOLS = ['Bash', 'Read', 'Edit'] as const;

/** Each narrows what the others leave; `undefined` is all there are. */
function availableTools(
  { tools, bare }: PrintOptions,
  agentType: AgentType | undefined,
): readonly string[] | undefined {
  const lists: (readonly string[] | undefined)[] = [bare ? BARE_TOOLS : undefined, tools, agentType?.tools];
  const given = lists.filter((list) => list !== undefined);
  return given.reduce<readonly string[] | undefined>(
    (all, list) => (all === undefined ? list : all.filter((tool) => list.includes(tool))),
    undefined,
  );
}
