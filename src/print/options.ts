/** What a command line asks of print mode, complete: every later line of code reads this and no flag. */
import type { Effort } from '../core/call.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { splitToolList } from '../wire/agent-type.ts';
import { windowIn } from './flags/autocompact.ts';
import {
  INPUT_FORMATS,
  type InputFormat,
  OUTPUT_FORMATS,
  type OutputFormat,
  PERMISSION_MODES,
  type PermissionMode,
} from './flags/flag-table.ts';
import { IGNORED_FLAGS } from './flags/ignored-flags.ts';
import type { CommandLine } from './flags/parse-flags.ts';
import { type SettingSource, sourcesIn } from './flags/setting-sources.ts';
import { problemIn } from './option-problems.ts';
import { effortOf, effortWarnings, isUltracode } from './session/effort.ts';

export interface PrintOptions {
  /** The prompt as an argument; more may come on stdin. */
  readonly prompt: string | undefined;
  readonly inputFormat: InputFormat;
  readonly outputFormat: OutputFormat;
  readonly verbose: boolean;
  readonly schema: JsonObject | undefined;
  readonly model: string | undefined;
  readonly fallbackModels: readonly string[];
  readonly effort: Effort | undefined;
  /** The model may use workflows unasked. */
  readonly ultracode: boolean;
  readonly maxTurns: number | undefined;
  readonly maxBudgetUsd: number | undefined;
  readonly systemPrompt: string | undefined;
  readonly systemPromptFile: string | undefined;
  readonly appendSystemPrompt: string | undefined;
  readonly appendSystemPromptFile: string | undefined;
  /** `undefined` leaves it to the settings. */
  readonly permissionMode: PermissionMode | undefined;
  /** The host may switch to mode `bypassPermissions`, though the session does not begin in it. */
  readonly allowsBypass: boolean;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
  /** `undefined` is all there are. */
  readonly tools: readonly string[] | undefined;
  /** Permissions that would be asked for are asked for on stdout, and answered on stdin. */
  readonly asksHost: boolean;
  /** Who is asked for permissions: a tool of an MCP server, or `stdio`. */
  readonly permissionPromptTool: string | undefined;
  readonly addDirs: readonly string[];
  readonly mcpConfigs: readonly string[];
  readonly strictMcpConfig: boolean;
  /** A file, or JSON itself. */
  readonly settings: string | undefined;
  /** `undefined` is all there are. */
  readonly settingSources: readonly SettingSource[] | undefined;
  /** Absolute. Whose settings, servers and agent types are those of the project; `undefined` is the working directory. */
  readonly projectConfigRoot: string | undefined;
  readonly agent: string | undefined;
  /** Agent types as JSON, or a file that holds them. */
  readonly agents: string | undefined;
  readonly sessionId: string | undefined;
  /** Id of the session to go on with; empty where the flag came without one. */
  readonly resume: string | undefined;
  /** With the latest session of this folder. */
  readonly continues: boolean;
  readonly forks: boolean;
  readonly persists: boolean;
  readonly includesPieces: boolean;
  readonly replaysUserMessages: boolean;
  /** Tells of each hook that starts and ends. */
  readonly tellsHooks: boolean;
  /** Of the context: a longer conversation is summarised. `undefined` leaves it to the environment and the model. */
  readonly windowTokens: number | undefined;
  readonly bare: boolean;
  readonly debug: boolean;
  readonly rehearse: boolean;
}

export type OptionsReading =
  | { readonly kind: 'ok'; readonly options: PrintOptions; readonly warnings: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

type Given = Extract<CommandLine, { kind: 'ok' }>;

export function readOptions(line: Given): OptionsReading {
  const { given } = line;
  const value = (name: string): string | undefined => given.get(name)?.at(-1);
  const schema = readSchema(value('--json-schema'));
  if (schema.kind === 'error') return schema;
  const options = optionsOf(line, value, schema.schema);
  const problem = problemIn(options, value);
  if (problem !== undefined) return { kind: 'error', message: problem };
  const warnings = effortWarnings(value('--effort'));
  return {
    kind: 'ok',
    options,
    warnings: options.debug ? [...warnings, ...ignoredWarnings(given)] : warnings,
  };
}

function optionsOf(
  { words, given }: Given,
  value: (name: string) => string | undefined,
  schema: JsonObject | undefined,
): PrintOptions {
  const outputFormat = OUTPUT_FORMATS.find((format) => format === value('--output-format')) ?? 'text';
  const skipsPermissions = given.has('--dangerously-skip-permissions');
  return {
    prompt: words[0],
    inputFormat: INPUT_FORMATS.find((format) => format === value('--input-format')) ?? 'text',
    outputFormat,
    verbose: given.has('--verbose'),
    schema,
    model: value('--model'),
    fallbackModels: splitToolList(value('--fallback-model') ?? ''),
    effort: effortOf(value('--effort')),
    ultracode: isUltracode(value('--effort')),
    maxTurns: numberOf(value('--max-turns')),
    maxBudgetUsd: numberOf(value('--max-budget-usd')),
    systemPrompt: value('--system-prompt'),
    systemPromptFile: value('--system-prompt-file'),
    appendSystemPrompt: value('--append-system-prompt'),
    appendSystemPromptFile: value('--append-system-prompt-file'),
    permissionMode: skipsPermissions ? 'bypassPermissions' : modeOf(value('--permission-mode')),
    allowsBypass: given.has('--allow-dangerously-skip-permissions'),
    allowedTools: toolsIn(given.get('--allowedTools')) ?? [],
    disallowedTools: toolsIn(given.get('--disallowedTools')) ?? [],
    tools: offeredTools(toolsIn(given.get('--tools'))),
    asksHost: value('--permission-prompt-tool') === 'stdio' && value('--permission-prompts') !== 'none',
    permissionPromptTool:
      value('--permission-prompts') === 'none' ? undefined : value('--permission-prompt-tool'),
    addDirs: given.get('--add-dir') ?? [],
    mcpConfigs: given.get('--mcp-config') ?? [],
    strictMcpConfig: given.has('--strict-mcp-config'),
    settings: value('--settings'),
    settingSources: sourcesIn(value('--setting-sources')),
    projectConfigRoot: value('--project-config-root'),
    agent: value('--agent'),
    agents: value('--agents'),
    sessionId: value('--session-id'),
    resume: given.has('--resume') ? (value('--resume') ?? '') : undefined,
    continues: given.has('--continue'),
    forks: given.has('--fork-session'),
    persists: !given.has('--no-session-persistence'),
    includesPieces: given.has('--include-partial-messages'),
    replaysUserMessages: given.has('--replay-user-messages'),
    tellsHooks: outputFormat === 'stream-json' && given.has('--include-hook-events'),
    windowTokens: windowIn(value('--autocompact')).tokens,
    bare: given.has('--bare'),
    debug: given.has('--debug'),
    rehearse: given.has('--rehearse'),
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

type SchemaReading =
  | { readonly kind: 'ok'; readonly schema: JsonObject | undefined }
  | { readonly kind: 'error'; readonly message: string };

/** An empty argument is no schema: an SDK passes one for an option that was left out. */
function readSchema(text: string | undefined): SchemaReading {
  if (text === undefined || text === '') return { kind: 'ok', schema: undefined };
  try {
    const schema: unknown = JSON.parse(text);
    if (isJsonObject(schema)) return { kind: 'ok', schema };
    return { kind: 'error', message: 'Error: --json-schema must be a JSON object' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'error', message: `Error: --json-schema is not valid JSON: ${why}` };
  }
}

function ignoredWarnings(given: Given['given']): string[] {
  return IGNORED_FLAGS.filter(({ names: [name] }) => given.has(name)).map(
    ({ names: [name] }) => `Debug: ${name} means nothing to andwait-print and was passed over`,
  );
}

/** `manual` is the newer word for asking every time. */
function modeOf(asked: string | undefined): PermissionMode | undefined {
  const mode = PERMISSION_MODES.find((known) => known === asked);
  return mode === 'manual' ? 'default' : mode;
}

/** Words and comma lists alike: `--allowedTools Read "Bash(git *),Edit"`. */
function toolsIn(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap(splitToolList);
}

function offeredTools(named: readonly string[] | undefined): readonly string[] | undefined {
  return named?.includes('default') === true ? undefined : named;
}
