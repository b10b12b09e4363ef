/** Puts a session together from what was read of it: tools, permissions, the model and what it is told, and the turns over them. */
import path from 'node:path';
import { type Program, VERSION } from '../../core/program.ts';
import { type EventStamp, initEvent } from '../../wire/events/event-writer.ts';
import type { Cast } from '../agent-types/cast.ts';
import { compactCommandIn } from '../compaction/compact-command.ts';
import { compactionLimits } from '../compaction/compaction-limits.ts';
import * as environment from '../environment.ts';
import { countSetting, setting } from '../environment.ts';
import { toolHooksFor } from '../hooks/open-tool-hooks.ts';
import type { McpServer } from '../mcp/mcp-config.ts';
import { keySource, modelFor } from '../model-access.ts';
import type { Account } from '../models/account.ts';
import { modelIdOf, smallModelId } from '../models/model-names.ts';
import type { PrintOptions } from '../options.ts';
import type { Conversation, ConversationOpening, ConversationRequest } from '../request.ts';
import type { OpenedSession } from '../session-files/open-session.ts';
import { SessionFile } from '../session-files/session-file.ts';
import type { Settings } from '../settings/settings.ts';
import { STRUCTURED_OUTPUT_INSTRUCTION } from '../tools/structured-output.ts';
import { scriptsDirFor, sessionWorkflow } from '../workflows/session-workflow.ts';
import { equipmentFor } from './equipment.ts';
import { Questions } from './questions.ts';
import { Session } from './session.ts';
import { NO_LOG, type SessionLog } from './session-log.ts';
import { stampOf } from './session-stamp.ts';
import { SmallModel } from './small-model.ts';
import { systemPrompt } from './system-prompt.ts';

export interface SessionSetting {
  readonly cast: Cast;
  readonly settings: Settings;
  readonly mcpServers: readonly McpServer[];
  /** Id; the session may be told to take another one later. */
  readonly model: string;
  readonly account: Account;
  readonly opened: OpenedSession;
}

export async function startConversation(
  { program, options, emit, asker, loadRunner }: ConversationRequest,
  { cast, settings, mcpServers, model: firstModel, account, opened }: SessionSetting,
): Promise<ConversationOpening> {
  const { clock, random } = program;
  const { agentType } = cast;
  const outputDir = outputDirFor(program, opened);
  const scriptsDir = scriptsDirFor(outputDir);
  const { file: transcript } = opened;
  const stamp = stampOf(program, opened.sessionId);
  // Takes its time, like what comes meanwhile; whoever awaits it is told when it fails.
  const loading = modelFor(program, settings, options.projectConfigRoot ?? program.cwd);
  loading.catch(() => {});
  const reader = new SmallModel({
    model: () => loading,
    id: () => smallModelId(program.env, questions.model),
    maxBudgetUsd: options.maxBudgetUsd,
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
  const hooks = await toolHooksFor({
    ...{ program, options, hooks: settings.toolHooks, transcript, stamp, emit },
    sessionId: opened.sessionId,
    permissionMode: () => gate.mode,
  });
  const serverTools = equipment.serverTools.filter(({ name }) => hooks?.guards(name) !== true);
  const specs = [...serverTools, ...tools.map(({ spec }) => spec)];
  const [model, context] = await Promise.all([loading, contextFor(program, options)]);
  const questions = new Questions({
    model,
    request: {
      model: firstModel,
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
    maxBudgetUsd: options.maxBudgetUsd,
    emit,
  });
  const log = logFor(program, opened, stamp);
  const limits = compactionLimits(program.env, settings.compactsItself, options.windowTokens);
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
  const { contextSections } = await import('../context/context-sections.ts');
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
