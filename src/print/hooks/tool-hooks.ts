/** Asks the hooks of the settings before a tool is used: commands of the user's, given the call as JSON. */
import type { Json, JsonObject } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import { STRUCTURED_OUTPUT_TOOL } from '../../wire/event.ts';
import type { ToolUse } from '../permissions/permission-gate.ts';
import { programOutput } from '../program-output.ts';
import { shellEnvironment } from '../tools/shell-environment.ts';
import { type HookVerdict, together, verdictOf } from './hook-answer.ts';
import { isMatched, type ToolHook } from './hook-settings.ts';

export interface ToolHooksDeps {
  readonly hooks: readonly ToolHook[];
  readonly program: Pick<Program, 'cwd' | 'env' | 'clock' | 'kill'>;
  readonly sessionId: string;
  /** The session's file, where it is kept. */
  readonly transcript: string | undefined;
  readonly permissionMode: () => string;
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
    const { cwd, env, clock, kill } = this.#deps.program;
    const output = await programOutput({
      file: 'sh',
      // As written in the settings: nothing of the call is put into it.
      args: ['-c', command ?? ''],
      cwd,
      env: { ...shellEnvironment(env), CLAUDE_PROJECT_DIR: cwd },
      stdin: `${JSON.stringify(this.#inputOf(use))}\n`,
      killGroup: (pid) => kill(-pid, 'SIGKILL'),
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
      clock,
    });
    return verdictOf(output, use.name);
  }

  #inputOf({ name, input, useId }: ToolUse): JsonObject {
    const { sessionId, transcript, program, permissionMode } = this.#deps;
    const fields: Record<string, Json> = {
      session_id: sessionId,
      transcript_path: transcript ?? '',
      cwd: program.cwd,
      permission_mode: permissionMode(),
      hook_event_name: 'PreToolUse',
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
