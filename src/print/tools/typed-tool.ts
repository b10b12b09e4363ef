/** Makes a tool of what is its own: the check of its input and the wording of its failures are the same for all. */
import type { Json } from '../../core/json.ts';
import { type Tool, type ToolContext, type ToolResult, toolError } from './tool.ts';
import { type Fields, readFields, schemaOf, type Values } from './tool-fields.ts';

export interface ToolParts<F extends Fields> {
  readonly name: string;
  readonly description: string;
  readonly fields: F;
  /** Fields that models know, that mean nothing here and do no harm. */
  readonly tolerated?: readonly string[];
  readonly isReadOnly: boolean;
  /** Throws `ToolFailure`, or the system's own error, for what the model is to be told. */
  run(values: Values<F>, context: ToolContext): Promise<ToolResult>;
}

/** Something the model can mend. The message quotes what was received and says what to do. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
}

export function typedTool<F extends Fields>(parts: ToolParts<F>): Tool {
  const { name, description, fields, tolerated, isReadOnly } = parts;
  return {
    spec: { name, description, inputSchema: schemaOf(fields) },
    isReadOnly,
    check(input: Json): ToolResult | undefined {
      const reading = readFields(fields, input, tolerated);
      return reading.kind === 'wrong' ? wrongInput(name, reading.issues) : undefined;
    },
    async run(input: Json, context: ToolContext): Promise<ToolResult> {
      context.signal.throwIfAborted();
      const reading = readFields(fields, input, tolerated);
      if (reading.kind === 'wrong') return wrongInput(name, reading.issues);
      try {
        return await parts.run(reading.values, context);
      } catch (error) {
        context.signal.throwIfAborted();
        if (error instanceof ToolFailure) return failed(error.message);
        if (isSystemError(error)) return toolError(error.message);
        throw error;
      }
    },
  };
}

function wrongInput(name: string, issues: readonly string[]): ToolResult {
  const noun = issues.length === 1 ? 'issue' : 'issues';
  const message = `InputValidationError: ${name} failed due to the following ${noun}:\n${issues.join('\n')}`;
  return toolError(`<tool_use_error>${message}</tool_use_error>`, message);
}

function failed(message: string): ToolResult {
  return toolError(`<tool_use_error>${message}</tool_use_error>`, `Error: ${message}`);
}

/** ENOENT, EACCES and their like: what the world said, not a bug of ours. */
function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
