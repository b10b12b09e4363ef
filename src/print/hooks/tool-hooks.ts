/** Asks the hooks of the settings before a tool is used: commands of the user's, given the call as JSON. */
import type { Json, JsonObject } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import { type AgentEvent, STRUCTURED_OUTPUT_TOOL } from '../../wire/events/event.ts';
import { hookResponseEvent, hookStartedEvent } from '../../wire/events/event-hook.ts';
import type { EventStamp } from '../../wire/events/event-writer.ts';
import type { ToolUse } from '../permissions/permission-gate.ts';
import { type ProgramOutput, programOutput } from '../program-output.ts';
import { shellEnvironment } from '../tools/shell/shell-environment.ts';
import { type HookVerdict, together, verdictOf } from './hook-answer.ts';
import { BEFORE_TOOLS, isMatched, type ToolHook } from './hook-settings.ts';

export interface ToolHooksDeps {
  readonly hooks: readonly ToolHook[];
  readonly program: Pick<Program, 'cwd' | 'env' | 'clock' | 'kill'>;
  /** Where they are run: that of the project's settings, as measured. Where the session works stands in their input. */
  readonly projectDir: string;
  readonly sessionId: string;
  /** The session's file, where it is kept. */
  readonly transcript: string | undefined;
  readonly permissionMode: () => string;
  readonly stamp: EventStamp;
  /** Told of each hook that starts and ends, where somebody asked for it. */
  readonly onEvent?: ((event: AgentEvent) => Promise<void>) | undefined;
}

const MAX_ANSWER_BYTES = 1_000_000;

export class ToolHooks {
  readonly #deps: ToolHooksDeps;

  constructor(deps: ToolHooksDeps) {
    this.#deps = deps;
  }

  /** A tool that the API runs cannot be looked at call by call. */
  guards(tool: string): boolean {
    return this.#hooksOf(tool).length > 0;
  }

  /** Rejects with the reason of an aborted signal. */
  async before(use: ToolUse, signal: AbortSignal): Promise<HookVerdict> {
    const hooks = this.#hooksOf(use.name);
    const held = hooks.find(({ command }) => command === undefined);
    if (held !== undefined) return { kind: 'deny', message: heldMessage(held, use.name) };
    return together(await Promise.all(hooks.map((hook) => this.#ask(hook, use, signal))));
  }

  /** The session's own way to hand over its answer is nobody's tool. */
  #hooksOf(tool: string): readonly ToolHook[] {
    if (tool === STRUCTURED_OUTPUT_TOOL) return [];
    return this.#deps.hooks.filter(({ matcher }) => isMatched(matcher, tool));
  }

  async #ask({ command, timeoutMs }: ToolHook, use: ToolUse, signal: AbortSignal): Promise<HookVerdict> {
    const { program, projectDir } = this.#deps;
    const { env, clock, kill } = program;
    const told = await this.#begun(use.name);
    const output = await programOutput({
      file: 'sh',
      // As written in the settings: nothing of the call is put into it.
      args: ['-c', command ?? ''],
      cwd: projectDir,
      env: { ...shellEnvironment(env), CLAUDE_PROJECT_DIR: projectDir },
      stdin: `${JSON.stringify(this.#inputOf(use))}\n`,
      killGroup: (pid) => kill(-pid, 'SIGKILL'),
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
      clock,
    });
    await told(output);
    return verdictOf(output, use.name);
  }

  /** Returns who is to be told how it ended. */
  async #begun(tool: string): Promise<(output: ProgramOutput | undefined) => Promise<void>> {
    const { stamp, onEvent } = this.#deps;
    if (onEvent === undefined) return async () => {};
    const run = { id: stamp.uuid(), event: BEFORE_TOOLS, tool };
    await onEvent(hookStartedEvent(stamp, run));
    return async (output) => {
      const { code = null, stdout = '', stderr = '' } = output ?? {};
      await onEvent(hookResponseEvent(stamp, run, { code, stdout: stdout.toString('utf8'), stderr }));
    };
  }

  #inputOf({ name, input, useId }: ToolUse): JsonObject {
    const { sessionId, transcript, program, permissionMode } = this.#deps;
    const fields: Record<string, Json> = {
      session_id: sessionId,
      transcript_path: transcript ?? '',
      cwd: program.cwd,
      permission_mode: permissionMode(),
      hook_event_name: BEFORE_TOOLS,
      tool_name: name,
      tool_input: input,
      tool_use_id: useId,
    };
    return fields;
  }
}

function heldMessage({ problem }: ToolHook, tool: string): string {
  return `${tool} is guarded by a PreToolUse hook of the settings that was not run: ${problem}. So no call of ${tool} is let through.`;
}
