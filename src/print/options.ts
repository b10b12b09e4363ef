/** What a command line asks of print mode, complete: every later line of code reads this and no flag. */
import { EFFORTS, type Effort } from '../core/call.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { splitToolList } from '../wire/agent-type.ts';
import {
  FLAGS,
  OUTPUT_FORMATS,
  type OutputFormat,
  PERMISSION_MODES,
  type PermissionMode,
} from './flags/flag-table.ts';
import { type CommandLine, invalidArgument } from './flags/parse-flags.ts';
import { isUuid } from './uuid.ts';

export interface PrintOptions {
  /** The prompt as an argument; more may come on stdin. */
  readonly prompt: string | undefined;
  readonly outputFormat: OutputFormat;
  readonly verbose: boolean;
  readonly schema: JsonObject | undefined;
  readonly model: string | undefined;
  readonly effort: Effort | undefined;
  readonly maxTurns: number | undefined;
  readonly systemPrompt: string | undefined;
  readonly appendSystemPrompt: string | undefined;
  readonly permissionMode: PermissionMode;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
  /** `undefined` is all there are. */
  readonly tools: readonly string[] | undefined;
  readonly agent: string | undefined;
  readonly sessionId: string | undefined;
  readonly rehearse: boolean;
}

export type OptionsReading =
  | { readonly kind: 'ok'; readonly options: PrintOptions; readonly warnings: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

type Given = Extract<CommandLine, { kind: 'ok' }>;

export function readOptions(line: Given): OptionsReading {
  const { words, given } = line;
  const value = (name: string): string | undefined => given.get(name)?.at(-1);
  const outputFormat = OUTPUT_FORMATS.find((format) => format === value('--output-format')) ?? 'text';
  const effort = EFFORTS.find((level) => level === value('--effort'));
  const schema = readSchema(value('--json-schema'));
  const problem =
    (schema.kind === 'error' ? schema.message : undefined) ??
    turnsProblem(value('--max-turns')) ??
    formatProblem(outputFormat, given.has('--verbose')) ??
    sessionProblem(value('--session-id'));
  if (problem !== undefined) return { kind: 'error', message: problem };
  return {
    kind: 'ok',
    warnings: effortWarnings(value('--effort'), effort),
    options: {
      prompt: words[0],
      outputFormat,
      verbose: given.has('--verbose'),
      schema: schema.kind === 'ok' ? schema.schema : undefined,
      model: value('--model'),
      effort,
      maxTurns: given.has('--max-turns') ? Number(value('--max-turns')) : undefined,
      systemPrompt: value('--system-prompt'),
      appendSystemPrompt: value('--append-system-prompt'),
      permissionMode: modeOf(value('--permission-mode')),
      allowedTools: toolsIn(given.get('--allowedTools')) ?? [],
      disallowedTools: toolsIn(given.get('--disallowedTools')) ?? [],
      tools: offeredTools(toolsIn(given.get('--tools'))),
      agent: value('--agent'),
      sessionId: value('--session-id'),
      rehearse: given.has('--rehearse'),
    },
  };
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

function turnsProblem(turns: string | undefined): string | undefined {
  const flag = FLAGS.find(({ names }) => names.includes('--max-turns'));
  if (turns === undefined || flag === undefined) return undefined;
  return turns.trim() !== '' && Number.isFinite(Number(turns))
    ? undefined
    : `${invalidArgument(flag, turns)} must be a number`;
}

function formatProblem(format: OutputFormat, verbose: boolean): string | undefined {
  return format === 'stream-json' && !verbose
    ? 'Error: When using --print, --output-format=stream-json requires --verbose'
    : undefined;
}

function sessionProblem(id: string | undefined): string | undefined {
  return id === undefined || isUuid(id) ? undefined : 'Error: Invalid session ID. Must be a valid UUID.';
}

function effortWarnings(asked: string | undefined, effort: Effort | undefined): string[] {
  if (asked === undefined || effort !== undefined) return [];
  return [
    `Warning: Unknown --effort value '${asked}' — ignoring it and using the default effort. Valid values: ${EFFORTS.join(', ')}.`,
  ];
}

/** `manual` is the newer word for asking every time. */
function modeOf(asked: string | undefined): PermissionMode {
  const mode = PERMISSION_MODES.find((known) => known === asked) ?? 'default';
  return mode === 'manual' ? 'default' : mode;
}

/** Words and comma lists alike: `--allowedTools Read "Bash(git *),Edit"`. */
function toolsIn(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap(splitToolList);
}

function offeredTools(named: readonly string[] | undefined): readonly string[] | undefined {
  return named?.includes('default') === true ? undefined : named;
}
