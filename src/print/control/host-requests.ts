/** What a host may ask of a session besides a turn. What is not known, or not supported, is answered with an error that says so. */

import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type Environment, VERSION } from '../../core/program.ts';
import { modelProvider } from '../../wire/environment/model-provider.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { controlError, controlSuccess, permissionModeEvent } from '../../wire/events/event-control.ts';
import { BUILTIN_AGENT_TYPES } from '../agent-types/builtin-agent-types.ts';
import { PERMISSION_MODES, type PermissionMode } from '../flags/flag-table.ts';
import { MODEL_ALIASES, modelIdOf } from '../models/model-names.ts';
import { modelFacts } from '../models/models.ts';
import type { PrintOptions } from '../options.ts';
import { BYPASS_NOT_LAUNCHED } from '../permissions/bypass.ts';
import type { Conversation } from '../request.ts';

export interface HostRequestsDeps {
  readonly pid: number;
  readonly env: Environment;
  readonly emit: (event: AgentEvent) => Promise<void>;
  readonly interrupt: () => void;
  /** `undefined` before the first turn. */
  readonly conversation: () => Conversation | undefined;
}

export class HostRequests {
  readonly #deps: HostRequestsDeps;
  /** What the conversation is to be opened with. */
  #options: PrintOptions;
  readonly #mayBypass: boolean;
  #refused: string | undefined;

  constructor(deps: HostRequestsDeps, options: PrintOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#mayBypass = options.allowsBypass || options.permissionMode === 'bypassPermissions';
  }

  /** The host wants what we cannot do: without it no turn may begin, since a hook may be what guards the host. */
  get refused(): string | undefined {
    return this.#refused;
  }

  get options(): PrintOptions {
    return this.#options;
  }

  async answer(id: string, request: JsonObject): Promise<void> {
    const { emit } = this.#deps;
    switch (request['subtype']) {
      case 'initialize':
        return await this.#initialize(id, request);
      case 'interrupt':
        await emit(controlSuccess(id, { still_queued: [] }));
        return this.#deps.interrupt();
      case 'set_permission_mode':
        return await this.#setMode(id, request['mode']);
      case 'set_model':
        return await emit(controlSuccess(id, { model: this.#setModel(request['model']) }));
      case 'mcp_status':
        return await emit(controlSuccess(id, { mcpServers: [] }));
      default:
        return await emit(
          controlError(
            id,
            `Unsupported control request subtype: ${String(request['subtype'])}`,
            'unsupported_request',
          ),
        );
    }
  }

  async #initialize(id: string, request: JsonObject): Promise<void> {
    const { emit, pid, env, conversation } = this.#deps;
    const problem =
      conversation() === undefined
        ? unsupportedIn(request)
        : 'initialize must come before the first user line';
    if (problem !== undefined) {
      this.#refused ??= `Error: ${problem}`;
      return await emit(controlError(id, problem, 'unsupported_request'));
    }
    this.#options = { ...this.#options, ...wishesIn(request) };
    await emit(
      controlSuccess(id, {
        commands: [],
        agents: BUILTIN_AGENT_TYPES.map(({ name, description }) => ({ name, description })),
        output_style: 'default',
        available_output_styles: ['default'],
        models: MODEL_ALIASES.map((alias) => modelEntry(alias, env)),
        account: { apiProvider: modelProvider(env) === 'anthropic' ? 'firstParty' : modelProvider(env) },
        pid,
        claude_code_version: VERSION,
        current_permission_mode: this.#options.permissionMode ?? 'default',
      }),
    );
  }

  async #setMode(id: string, asked: Json | undefined): Promise<void> {
    const { emit, conversation } = this.#deps;
    const known = PERMISSION_MODES.find((mode) => mode === asked);
    if (known === undefined) {
      const choices = PERMISSION_MODES.join(', ');
      return await emit(
        controlError(id, `Unknown permission mode ${JSON.stringify(asked)}: expected one of ${choices}`),
      );
    }
    const mode: PermissionMode = known === 'manual' ? 'default' : known;
    if (mode === 'bypassPermissions' && !this.#mayBypass)
      return await emit(controlError(id, BYPASS_NOT_LAUNCHED));
    const open = conversation();
    const refused = open?.setPermissionMode(mode);
    if (refused !== undefined) return await emit(controlError(id, refused));
    this.#options = { ...this.#options, permissionMode: mode };
    await emit(controlSuccess(id, { mode }));
    if (open !== undefined) await emit(permissionModeEvent(open.stamp, mode));
  }

  #setModel(asked: Json | undefined): string {
    const name = typeof asked === 'string' ? asked : undefined;
    const model = name ?? 'default';
    this.#options = { ...this.#options, model };
    return this.#deps.conversation()?.setModel(model) ?? modelIdOf(model, this.#deps.env);
  }
}

function unsupportedIn({ hooks, sdkMcpServers }: JsonObject): string | undefined {
  if (isJsonObject(hooks) && Object.keys(hooks).length > 0) {
    return `andwait-print runs no hooks of its host: leave ${Object.keys(hooks).join(', ')} out, and use canUseTool to look at tool calls`;
  }
  return Array.isArray(sdkMcpServers) && sdkMcpServers.length > 0
    ? `andwait-print reaches no MCP server inside the host's own process: leave ${sdkMcpServers.join(', ')} out`
    : undefined;
}

/** An SDK sends as part of its greeting what a shell would send as flags. */
function wishesIn(request: JsonObject): Partial<PrintOptions> {
  const { jsonSchema, systemPrompt, appendSystemPrompt, agents } = request;
  const system = Array.isArray(systemPrompt) ? systemPrompt.join('\n\n') : systemPrompt;
  return {
    ...(isJsonObject(jsonSchema) ? { schema: jsonSchema } : {}),
    ...(typeof system === 'string' ? { systemPrompt: system } : {}),
    ...(typeof appendSystemPrompt === 'string' ? { appendSystemPrompt } : {}),
    ...(isJsonObject(agents) ? { agents: JSON.stringify(agents) } : {}),
  };
}

function modelEntry(value: string, env: Environment): JsonObject {
  const resolvedModel = modelIdOf(value, env);
  return {
    value,
    resolvedModel,
    displayName: value,
    description: resolvedModel,
    supportsEffort: modelFacts(resolvedModel).topEffort !== undefined,
  };
}
