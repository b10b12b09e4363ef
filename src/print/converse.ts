/** Answers a call with a real model: finds out who the agent is, checks the schema, and runs the session. */
import { VERSION } from '../core/program.ts';
import type { AgentType } from '../wire/agent-type.ts';
import { type EventStamp, initEvent } from '../wire/event-writer.ts';
import { ANDWAIT_CALL_KEY } from '../wire/run-environment.ts';
import type { Model, ModelRequest } from './api/model.ts';
import { NOT_LOGGED_IN, NoCredentials, unusableMessage } from './api/no-credentials.ts';
import { BUILTIN_AGENT_TYPES } from './builtin-agent-types.ts';
import * as environment from './environment.ts';
import { setting } from './environment.ts';
import { modelIdOf } from './models.ts';
import type { PrintOutcome, PrintRequest } from './request.ts';
import { Session } from './session.ts';
import { systemPrompt } from './system-prompt.ts';
import { STRUCTURED_OUTPUT_INSTRUCTION, StructuredOutput } from './tools/structured-output.ts';
import type { ToolRules } from './tools/tool-access.ts';
import { uuidFrom } from './uuid.ts';

export async function runRequest(request: PrintRequest): Promise<PrintOutcome> {
  const { agent } = request.options;
  const agents = await agentTypesFor(request);
  const agentType = agents.find(({ name }) => name === agent);
  if (agent !== undefined && agentType === undefined) {
    const names = agents.map(({ name }) => name).join(', ');
    return { kind: 'refused', message: `--agent '${agent}' not found. Available agents: ${names}` };
  }
  const structured = await structuredOutputFor(request);
  if (structured instanceof StructuredOutput || structured === undefined) {
    return { kind: 'done', result: await converse(request, { agentType, agents, structured }) };
  }
  return {
    kind: 'refused',
    message: `Error: --json-schema is not a valid JSON Schema: ${structured.message}`,
  };
}

/** Files are looked through only where one is asked for: at a hundred starts a second it shows. */
async function agentTypesFor({ program, options }: PrintRequest): Promise<readonly AgentType[]> {
  if (options.agent === undefined) return BUILTIN_AGENT_TYPES;
  const { findAgentTypes } = await import('./agent-types.ts');
  const configDir = setting(program.env, environment.CLAUDE_CONFIG_DIR);
  return await findAgentTypes({ cwd: program.cwd, homeDir: program.homeDir, configDir });
}

async function structuredOutputFor({
  program,
  options: { schema },
}: PrintRequest): Promise<StructuredOutput | { readonly message: string } | undefined> {
  if (schema === undefined) return undefined;
  const { compileSchema } = await import('../wire/json-schema.ts');
  const checkedBefore = setting(program.env, ANDWAIT_CALL_KEY) !== undefined;
  const check = await compileSchema(schema, { checkedBefore });
  return check.kind === 'bad' ? check : new StructuredOutput(schema, check.check);
}

interface Cast {
  readonly agentType: AgentType | undefined;
  readonly agents: readonly AgentType[];
  readonly structured: StructuredOutput | undefined;
}

async function converse(request: PrintRequest, { agentType, agents, structured }: Cast) {
  const { program, options, prompt, emit, signal } = request;
  const stamp = stampOf(request);
  const modelRequest = requestFor(request, agentType, structured);
  await emit(
    initEvent(stamp, {
      cwd: program.cwd,
      model: modelRequest.model,
      tools: structured === undefined ? [] : [structured.spec.name],
      permissionMode: options.permissionMode,
      apiKeySource: keySource(program.env),
      agents: agents.map(({ name }) => name),
      version: VERSION,
    }),
  );
  const session = new Session({
    model: await modelFor(request),
    request: modelRequest,
    structuredOutput: structured,
    toolRules: rulesFor(request, agentType),
    maxTurns: options.maxTurns,
    stamp,
    clock: program.clock,
    random: program.random,
    emit,
  });
  return await session.run(prompt, signal);
}

function requestFor(
  { program, options }: PrintRequest,
  agentType: AgentType | undefined,
  structured: StructuredOutput | undefined,
): Omit<ModelRequest, 'messages' | 'tools'> {
  return {
    model: modelIdOf(options.model ?? agentType?.model ?? setting(program.env, environment.ANTHROPIC_MODEL)),
    system: systemPrompt({
      given: options.systemPrompt,
      agentPrompt: agentType?.prompt,
      appended: options.appendSystemPrompt,
      cwd: program.cwd,
      instruction: structured === undefined ? undefined : STRUCTURED_OUTPUT_INSTRUCTION,
    }),
    effort: options.effort,
  };
}

/** An agent type narrows what the flags leave. */
function rulesFor({ options }: PrintRequest, agentType: AgentType | undefined): ToolRules {
  const offered = [options.tools, agentType?.tools].filter((list) => list !== undefined);
  return {
    permissionMode: options.permissionMode,
    allowed: options.allowedTools,
    disallowed: options.disallowedTools,
    available: offered.reduce<readonly string[] | undefined>(
      (all, list) => (all === undefined ? list : all.filter((tool) => list.includes(tool))),
      undefined,
    ),
  };
}

async function modelFor(request: PrintRequest): Promise<Model> {
  const { env } = request.program;
  const { ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, ANTHROPIC_BASE_URL } = environment;
  const apiKey = secret(env, ANTHROPIC_API_KEY);
  const authToken = secret(env, ANTHROPIC_AUTH_TOKEN);
  const used = apiKey ?? authToken;
  if (used === undefined) return new NoCredentials(NOT_LOGGED_IN);
  const unusable = unusableMessage(apiKey === undefined ? ANTHROPIC_AUTH_TOKEN : ANTHROPIC_API_KEY, used);
  if (unusable !== undefined) return new NoCredentials(unusable);
  const { AnthropicModel } = await import('./api/anthropic-model.ts');
  return await AnthropicModel.connect({ apiKey, authToken, baseUrl: setting(env, ANTHROPIC_BASE_URL) });
}

function keySource(env: environment.Environment): string {
  return secret(env, environment.ANTHROPIC_API_KEY) === undefined ? 'none' : environment.ANTHROPIC_API_KEY;
}

/** The line feed at the end of a file that a key was read from is no part of it. */
function secret(env: environment.Environment, name: string): string | undefined {
  return setting(env, name)?.trim() || undefined;
}

function stampOf({ program, options }: PrintRequest): EventStamp {
  const { clock, random } = program;
  return {
    sessionId: options.sessionId ?? uuidFrom(random),
    uuid: () => uuidFrom(random),
    timestamp: () => new Date(clock.now()).toISOString(),
  };
}
