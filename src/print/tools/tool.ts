/** A tool, as a session offers it to the model and runs it. One file a tool. */
import type { Json } from '../../core/json.ts';
import type { ToolSpec } from '../api/model.ts';

export interface ToolResult {
  /** What the model is told. */
  readonly content: string;
  readonly isError: boolean;
  /** What programs are told: `tool_use_result`. */
  readonly forPrograms: Json;
}

/** Contract: never rejects for what its input or the world is like; that is a result with `isError`. */
export interface Tool {
  readonly spec: ToolSpec;
  run(input: Json, signal: AbortSignal): Promise<ToolResult>;
}

/** As the real program words it: programs are told `Error: …`. */
export function toolError(content: string, forPrograms = `Error: ${content}`): ToolResult {
  return { content, isError: true, forPrograms };
}
