/** Who the agent of a call is: its agent type, the schema its answer must match, and the texts that were named as files. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import { type AgentType, splitToolList } from '../../wire/agent-type.ts';
import { ANDWAIT_CALL_KEY } from '../../wire/environment/run-environment.ts';
import * as environment from '../environment.ts';
import { setting } from '../environment.ts';
import type { PrintOptions } from '../options.ts';
import { StructuredOutput } from '../tools/structured-output.ts';
import { BUILTIN_AGENT_TYPES } from './builtin-agent-types.ts';

export interface Cast {
  readonly agentType: AgentType | undefined;
  readonly agents: readonly AgentType[];
  readonly structured: StructuredOutput | undefined;
  readonly systemPrompt: string | undefined;
  readonly appendSystemPrompt: string | undefined;
}

export type Casting =
  | { readonly kind: 'cast'; readonly cast: Cast }
  | { readonly kind: 'refused'; readonly message: string };

/** What a person is told; caught where the cast is made. */
class Refused extends Error {
  override readonly name = 'Refused';
}

export async function castFor(program: Program, options: PrintOptions): Promise<Casting> {
  try {
    const agents = await agentTypesFor(program, options);
    return {
      kind: 'cast',
      cast: {
        agents,
        agentType: agentTypeNamed(options.agent, agents),
        structured: await structuredOutputFor(program, options),
        // Measured: of both the file counts.
        systemPrompt:
          (await textOf(program, options.systemPromptFile, 'System prompt file')) ?? options.systemPrompt,
        appendSystemPrompt: joined(
          options.appendSystemPrompt,
          await textOf(program, options.appendSystemPromptFile, 'Append system prompt file'),
        ),
      },
    };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', message: error.message };
    throw error;
  }
}

function agentTypeNamed(name: string | undefined, agents: readonly AgentType[]): AgentType | undefined {
  if (name === undefined) return undefined;
  const found = agents.find((agent) => agent.name === name);
  if (found !== undefined) return found;
  const names = agents.map((agent) => agent.name).join(', ');
  throw new Refused(`--agent '${name}' not found. Available agents: ${names}`);
}

/** Files are looked through only where one is asked for: at a hundred starts a second it shows. */
async function agentTypesFor(program: Program, options: PrintOptions): Promise<readonly AgentType[]> {
  const own = await ownAgentTypes(program, options.agents);
  const found = options.agent === undefined ? BUILTIN_AGENT_TYPES : await agentTypesOnDisk(program, options);
  const names = new Set(own.map(({ name }) => name));
  return own.length === 0 ? found : [...own, ...found.filter(({ name }) => !names.has(name))];
}

async function agentTypesOnDisk(
  { env, cwd, homeDir }: Program,
  { projectConfigRoot = cwd }: PrintOptions,
): Promise<readonly AgentType[]> {
  const { findAgentTypes } = await import('./agent-types.ts');
  const configDir = setting(env, environment.CLAUDE_CONFIG_DIR);
  return await findAgentTypes({ cwd: projectConfigRoot, homeDir, configDir });
}

const BAD_AGENTS = 'Error: Invalid --agents configuration:\n';

/** `--agents`: JSON that begins with a brace, else the name of a file that holds it. */
async function ownAgentTypes(program: Program, given: string | undefined): Promise<AgentType[]> {
  if (given === undefined || given.trim() === '') return [];
  const text = given.trim().startsWith('{') ? given : await textOf(program, given, 'Agents file');
  const table = parsed(text ?? '');
  if (!isJsonObject(table))
    throw new Refused(`${BAD_AGENTS}expected {"<name>": {"description": …, "prompt": …}}`);
  return Object.entries(table).map(([name, entry]) => agentTypeOf(name, entry));
}

function agentTypeOf(name: string, entry: Json): AgentType {
  const { description, prompt, tools, model }: JsonObject = isJsonObject(entry) ? entry : {};
  if (typeof description !== 'string' || typeof prompt !== 'string') {
    throw new Refused(
      `${BAD_AGENTS}${name}: expected the texts "description" and "prompt", got ${JSON.stringify(entry)}`,
    );
  }
  return {
    name,
    description,
    prompt,
    tools: Array.isArray(tools)
      ? tools.map(String)
      : typeof tools === 'string'
        ? splitToolList(tools)
        : undefined,
    model: typeof model === 'string' && model !== 'inherit' ? model : undefined,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused(`${BAD_AGENTS}invalid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function structuredOutputFor(
  { env }: Program,
  { schema }: PrintOptions,
): Promise<StructuredOutput | undefined> {
  if (schema === undefined) return undefined;
  const { compileSchema } = await import('../../wire/schemas/json-schema.ts');
  const checkedBefore = setting(env, ANDWAIT_CALL_KEY) !== undefined;
  const check = await compileSchema(schema, { checkedBefore });
  if (check.kind === 'bad') {
    throw new Refused(`Error: --json-schema is not a valid JSON Schema: ${check.message}`);
  }
  return new StructuredOutput(schema, check.check);
}

async function textOf(
  { cwd }: Program,
  file: string | undefined,
  title: string,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const full = path.resolve(cwd, file);
  try {
    return await readFile(full, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'ENOENT' ? 'not found' : `cannot be read (${String(code)})`;
    throw new Refused(`Error: ${title} ${why}: ${full}`);
  }
}

function joined(...parts: readonly (string | undefined)[]): string | undefined {
  const given = parts.filter((part) => part !== undefined && part !== '');
  return given.length === 0 ? undefined : given.join('\n\n');
}
