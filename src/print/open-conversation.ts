/** Makes everything ready for the first turn: who the agent is, what it may do, what was said before, what it may cost. */
import path from 'node:path';
import { type Program, VERSION } from '../core/program.ts';
import { type EventStamp, initEvent } from '../wire/event-writer.ts';
import type { Account } from './account.ts';
import { type Cast, castFor } from './cast.ts';
import { compactCommandIn } from './compaction/compact-command.ts';
import { compactionLimits } from './compaction/compaction-limits.ts';
import * as environment from './environment.ts';
import { countSetting, setting } from './environment.ts';
import { equipmentFor } from './equipment.ts';
import { toolHooksFor } from './hooks/open-tool-hooks.ts';
import type { McpServer } from './mcp/mcp-config.ts';
import type { ServersReading } from './mcp/mcp-servers.ts';
import { keySource, modelFor } from './model-access.ts';
import { modelIdOf } from './model-names.ts';
import { openAccount } from './open-account.ts';
import type { PrintOptions } from './options.ts';
import { bypassRefusal } from './permissions/bypass.ts';
import { Questions } from './questions.ts';
import type { Conversation, ConversationOpening, ConversationRequest } from './request.ts';
import { Session } from './session.ts';
import { NO_LOG, type SessionLog } from './session-log.ts';
import { type OpenedSession, openSession } from './sessions/open-session.ts';
import { SessionFile } from './sessions/session-file.ts';
import { readSettings, type SettingsRequest } from './settings/read-settings.ts';
import type { Settings } from './settings/settings.ts';
import { MANAGED_FILE } from './settings/settings-places.ts';
import { SmallModel, smallModelId } from './small-model.ts';
import { systemPrompt } from './system-prompt.ts';
import { STRUCTURED_OUTPUT_INSTRUCTION } from './tools/structured-output.ts';
import { unknownSessionEvent } from './unknown-session.ts';
import { uuidFrom } from './uuid.ts';
import { scriptsDirFor, sessionWorkflow } from './workflows/session-workflow.ts';

export async function openConversation(request: ConversationRequest): Promise<ConversationOpening> {
  const { options } = request;
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
  const setting: Setting = { cast: casting.cast, settings: reading.settings, mcpServers: mcp.servers };
  const accounting = await openAccount(program, options, modelNamed(program, options, setting));
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
  return await converse({ ...request, program }, setting, account, opening.session);
}

async function mcpServersFor(
  program: Program,
  { mcpConfigs, strictMcpConfig, bare, settingSources }: PrintOptions,
  { projectMcp }: Settings,
): Promise<ServersReading> {
  const { readServers } = await import('./mcp/mcp-servers.ts');
  const configDir = setting(program.env, environment.CLAUDE_CONFIG_DIR);
  const { cwd, homeDir, env } = program;
  const isStrict = strictMcpConfig || bare;
  const wish = { configs: mcpConfigs, isStrict, sources: settingSources, approval: projectMcp };
  return await readServers({ ...wish, cwd, homeDir, env, configDir });
}

interface Setting {
  readonly cast: Cast;
  readonly settings: Settings;
  readonly mcpServers: readonly McpServer[];
}

function settingsRequest({ cwd, homeDir, env }: Program, options: PrintOptions): SettingsRequest {
  return {
    cwd,
    homeDir,
    configDir: setting(env, environment.CLAUDE_CONFIG_DIR),
    managedFile: MANAGED_FILE,
    flag: options.settings,
    sources: options.settingSources,
  };
}

function withEnvironment(program: Program, env: Settings['env']): Program {
  return Object.keys(env).length === 0 ? program : { ...program, env: { ...program.env, ...env } };
}

function modelNamed({ env }: Program, { model }: PrintOptions, { cast, settings }: Setting): string {
  return modelIdOf(
    model ?? cast.agentType?.model ?? setting(env, environment.ANTHROPIC_MODEL) ?? settings.model,
    env,
  );
}

async function converse(
  { program, options, emit, asker, loadRunner }: ConversationRequest,
  setting: Setting,
  account: Account,
  opened: OpenedSession,
): Promise<ConversationOpening> {
  const { clock, random } = program;
  const { cast, settings, mcpServers } = setting;
  const { agentType } = cast;
  const outputDir = outputDirFor(program, opened);
  const scriptsDir = scriptsDirFor(outputDir);
  const { file: transcript } = opened;
  const stamp = stampOf(program, opened.sessionId);
  // Takes its time, like what comes meanwhile; whoever awaits it is told when it fails.
  const loading = modelFor(program, settings);
  loading.catch(() => {});
  const reader = new SmallModel({
    model: () => loading,
    id: () => smallModelId(program.env, questions.model),
    ...{ account, stamp, clock, random, emit },
  });
  const equipment = await equipmentFor({
    ...{ program, options, agentType, settings, mcpServers, outputDir, scriptsDir, transcript, reader },
  });
  if (typeof equipment.asker === 'string') {
    equipment[Symbol.dispose]();
    return { kind: 'refused', message: equipment.asker };
  }
  let { gate } = equipment;
  for (const warning of equipment.warnings) program.stderr.write(`${warning}\n`);
  const { structured } = cast;
  const workflow = sessionWorkflow({
    ...{ program, options, settings, cast, equipment, account, scriptsDir, loadRunner },
    sessionId: opened.sessionId,
    gate: () => gate,
    model: () => questions.model,
  });
  const ownTools = [...equipment.tools, ...workflow.tools];
  const tools = structured === undefined ? ownTools : [...ownTools, structured];
  const hooks = options.bare ? undefined : await toolHooksFor(program, settings, opened, () => gate.mode);
  const serverTools = equipment.serverTools.filter(({ name }) => hooks?.guards(name) !== true);
  const specs = [...serverTools, ...tools.map(({ spec }) => spec)];
  const [model, context] = await Promise.all([loading, contextFor(program, options)]);
  const questions = new Questions({
    model,
    request: {
      model: modelNamed(program, options, setting),
      system: systemPromptOf(cast),
      context: [context, workflow.context].filter(Boolean).join('\n\n'),
      effort: options.effort,
    },
    tools: specs,
    account,
    fallbackModels: options.fallbackModels.map((name) => modelIdOf(name, program.env)),
    tellsPieces: options.includesPieces,
    stamp,
    clock,
    random,
    maxRetries: countSetting(program.env, environment.CLAUDE_CODE_MAX_RETRIES),
    emit,
  });
  const log = logFor(program, opened, stamp);
  const limits = compactionLimits(program.env, settings.compactsItself);
  const session = new Session({
    questions,
    account,
    structuredOutput: structured,
    tools: ownTools,
    absent: workflow.absent,
    gate: () => gate,
    asker: asker ?? equipment.asker,
    hooks,
    maxTurns: options.maxTurns,
    maxBudgetUsd: options.maxBudgetUsd,
    history: opened.history,
    historyTokens: opened.historyTokens,
    limits,
    log: log ?? NO_LOG,
    transcript,
    stamp,
    clock,
    emit,
  });
  const begin = async (onBegin?: () => Promise<void>): Promise<void> => {
    await emit(
      initEvent(stamp, {
        cwd: program.cwd,
        model: questions.model,
        tools: specs.map(({ name }) => name),
        permissionMode: gate.mode,
        apiKeySource: keySource(program.env, settings),
        agents: cast.agents.map(({ name }) => name),
        version: VERSION,
        mcpServers: equipment.mcpServers,
      }),
    );
    await onBegin?.();
  };
  const conversation: Conversation = {
    stamp,
    async turn(content, signal, onBegin) {
      const command = limits.isOffered ? compactCommandIn(content) : undefined;
      if (command !== undefined) return await session.compact(command.wish, signal, () => begin(onBegin));
      await begin(onBegin);
      return await session.run(workflow.told(content), signal);
    },
    setModel(name) {
      questions.model = modelIdOf(name, program.env);
      return questions.model;
    },
    setPermissionMode(mode) {
      const changed = gate.withMode(mode);
      if ('refused' in changed) return changed.refused;
      gate = changed;
      return undefined;
    },
    [Symbol.dispose]() {
      log?.[Symbol.dispose]();
      equipment[Symbol.dispose]();
    },
  };
  return { kind: 'ready', conversation };
}

/** Beside the session where that is kept, else in a folder of its own below the system's temporary one. */
function outputDirFor({ env }: Program, { file, sessionId }: OpenedSession): string {
  if (file !== undefined) return path.join(path.dirname(file), sessionId, 'tool-results');
  return path.resolve(setting(env, environment.TMPDIR) ?? '/tmp', `andwait-print-${sessionId}`);
}

/** As measured: whatever the system prompt is. */
async function contextFor(
  program: Program,
  { bare, settingSources, addDirs }: PrintOptions,
): Promise<string> {
  const { contextSections } = await import('./context/context-sections.ts');
  const configDir = setting(program.env, environment.CLAUDE_CONFIG_DIR);
  const sources = bare ? [] : settingSources;
  const sections = await contextSections({ program, configDir, sources, otherDirs: addDirs });
  return sections.join('\n\n');
}

function systemPromptOf(cast: Cast): string {
  return systemPrompt({
    given: cast.systemPrompt,
    agentPrompt: cast.agentType?.prompt,
    appended: cast.appendSystemPrompt,
    instruction: cast.structured === undefined ? undefined : STRUCTURED_OUTPUT_INSTRUCTION,
  });
}

/** A fork begins with a copy of what it goes on from. */
function logFor(
  program: Program,
  { file, sessionId, kept, history }: OpenedSession,
  { uuid, timestamp }: EventStamp,
): (SessionLog & Disposable) | undefined {
  if (file === undefined) return undefined;
  const warn = (text: string): void => void program.stderr.write(`${text}\n`);
  const log = new SessionFile({ file, sessionId, cwd: program.cwd, uuid, timestamp, warn }, kept);
  if (kept === undefined) for (const message of history) log.keep(message);
  return log;
}

function stampOf({ clock, random }: Program, sessionId: string): EventStamp {
  return {
    sessionId,
    uuid: () => uuidFrom(random),
    timestamp: () => new Date(clock.now()).toISOString(),
  };
}
