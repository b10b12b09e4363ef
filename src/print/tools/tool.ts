/** A tool, as a session offers it to the model and runs it. One file a tool. */
import type { Json, JsonObject } from '../../core/json.ts';
import type { ToolSpec } from '../api/model.ts';

export interface ToolResult {
  /** What the model is told: text, or the API's content blocks where there are pictures. */
  readonly content: string | readonly JsonObject[];
  readonly isError: boolean;
  /** What programs are told: `tool_use_result`. */
  readonly forPrograms: Json;
}

export interface ToolContext {
  readonly signal: AbortSignal;
  readonly useId: string;
}

/**
 * Contract: never rejects for what its input or the world is like; that is a result with `isError`. Rejects with the
 * signal's reason when that is aborted, once nothing that it began still runs.
 */
export interface Tool {
  readonly spec: ToolSpec;
  /** May run beside others of the same reply. */
  readonly isReadOnly: boolean;
  /** What is wrong with an input of this shape, before anybody is asked whether it may be used; `undefined` when nothing is. */
  check?(input: Json): ToolResult | undefined;
  run(input: Json, context: ToolContext): Promise<ToolResult>;
}

/** As the real program words it: programs are told `Error: …`. */
export function toolError(content: string, forPrograms = `Error: ${content}`): ToolResult {
  return { content, isError: true, forPrograms };
}
