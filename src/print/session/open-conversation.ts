/** Makes everything ready for the first turn: who the agent is, what it may do, what was said before, what it may cost. */
import { access } from 'node:fs/promises';
import type { Program } from '../../core/program.ts';
import { type Cast, castFor } from '../agent-types/cast.ts';
import { mayBeCommitted } from '../context/git.ts';
import * as environment from '../environment.ts';
import { setting } from '../environment.ts';
import type { ServersReading } from '../mcp/mcp-servers.ts';
import { modelIdOf } from '../models/model-names.ts';
import { openAccount } from '../models/open-account.ts';
import type { PrintOptions } from '../options.ts';
import { bypassRefusal } from '../permissions/bypass.ts';
import type { ConversationOpening, ConversationRequest } from '../request.ts';
import { openSession } from '../session-files/open-session.ts';
import { readSettings, type SettingsRequest } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { MANAGED_FILE } from '../settings/settings-places.ts';
import { toolDisabler } from './equipment.ts';
import { stampOf } from './session-stamp.ts';
import { startConversation } from './start-conversation.ts';
import { unknownSessionEvent } from './unknown-session.ts';

export async function openConversation(request: ConversationRequest): Promise<ConversationOpening> {
  const { options } = request;
  const badRoot = await configRootProblem(options.projectConfigRoot);
  if (badRoot !== undefined) return { kind: 'refused', message: badRoot };
  const casting = await castFor(request.program, options);
  if (casting.kind === 'refused') return casting;
  const reading = await readSettings(settingsRequest(request.program, options));
  if (reading.kind === 'error') return { kind: 'refused', message: reading.message };
  const { permissionMode = reading.settings.defaultMode, allowsBypass } = options;
  const refusal = bypassRefusal(request.program, { permissionMode, allowsBypass });
  if (refusal !== undefined) return { kind: 'refused', message: refusal };
  const program = withEnvironment(request.program, reading.settings.env);
  const mcp = await mcpServersFor(program, options, reading.settings);
  if (mcp.kind === 'bad') return { kind: 'refused', message: mcp.message };
  const model = modelNamed(program, options, casting.cast, reading.settings);
  const { agentType } = casting.cast;
  const readsPages = !toolDisabler({ program, options, agentType, settings: reading.settings })('WebFetch');
  const accounting = await openAccount(program, options, { model, readsPages });
  if (accounting.kind === 'refused') return accounting;
  const { account } = accounting;
  const opening = await openSession(program, options);
  if (opening.kind === 'refused') {
    // Measured: other forms of output stay empty.
    if (opening.unknownId !== undefined && options.outputFormat === 'stream-json') {
      const stamp = stampOf(program, opening.unknownId);
      await request.emit(unknownSessionEvent(stamp, account, opening.message));
    }
    return opening;
  }
  if (opening.session.cost !== undefined) account.goOnFrom(opening.session.cost);
  for (const warning of mcp.warnings) program.stderr.write(`${warning}\n`);
  return await startConversation(
    { ...request, program },
    {
      ...{ cast: casting.cast, settings: reading.settings, mcpServers: mcp.servers },
      ...{ model, account, opened: opening.session },
    },
  );
}

async function configRootProblem(dir: string | undefined): Promise<string | undefined> {
  if (dir === undefined) return undefined;
  try {
    await access(`${dir}/.`);
    return undefined;
  } catch {
    return `Error: --project-config-root is not an existing directory that this user can list: ${dir}`;
  }
}

async function mcpServersFor(
  program: Program,
  { mcpConfigs, strictMcpConfig, bare, settingSources, projectConfigRoot }: PrintOptions,
  { projectMcp }: Settings,
): Promise<ServersReading> {
  const { readServers } = await import('../mcp/mcp-servers.ts');
  const configDir = setting(program.env, environment.CLAUDE_CONFIG_DIR);
  const { cwd, homeDir, env } = program;
  const isStrict = strictMcpConfig || bare;
  const wish = { configs: mcpConfigs, isStrict, sources: settingSources, approval: projectMcp };
  const projectDir = projectConfigRoot ?? cwd;
  return await readServers({ ...wish, cwd, projectDir, homeDir, env, configDir });
}

function settingsRequest({ cwd, homeDir, env, clock }: Program, options: PrintOptions): SettingsRequest {
  return {
    cwd,
    projectDir: options.projectConfigRoot ?? cwd,
    homeDir,
    configDir: setting(env, environment.CLAUDE_CONFIG_DIR),
    managedFile: MANAGED_FILE,
    flag: options.settings,
    sources: options.settingSources,
    isCommitted: async (file) => await mayBeCommitted(file, { env, clock }),
  };
}

function withEnvironment(program: Program, env: Settings['env']): Program {
  return Object.keys(env).length === 0 ? program : { ...program, env: { ...program.env, ...env } };
}

function modelNamed({ env }: Program, { model }: PrintOptions, cast: Cast, settings: Settings): string {
  return modelIdOf(
    model ?? cast.agentType?.model ?? setting(env, environment.ANTHROPIC_MODEL) ?? settings.model,
    env,
  );
}
