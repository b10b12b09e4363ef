/** `--permission-prompt-tool`: a tool of an MCP server is asked what would otherwise be denied. Only a clear yes of it counts. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { ToolUse } from '../permissions/permission-gate.ts';
import type { PermissionAnswer, PermissionAsker } from '../session/tool-calls.ts';
import type { McpCall } from './mcp-tools.ts';

export class McpAsker implements PermissionAsker {
  readonly #name: string;
  readonly #call: McpCall;

  /** `name`: for messages. */
  constructor(name: string, call: McpCall) {
    this.#name = name;
    this.#call = call;
  }

  async ask({ name, input, useId }: ToolUse, _why: string, signal: AbortSignal): Promise<PermissionAnswer> {
    try {
      const result = await this.#call({ tool_name: name, input, tool_use_id: useId }, signal);
      const text = onlyText(result);
      if (result['isError'] === true) return this.#failed(`it failed: ${text ?? 'without a word'}`);
      return this.#answerIn(text, input);
    } catch (error) {
      signal.throwIfAborted();
      return this.#failed(error instanceof Error ? error.message : String(error));
    }
  }

  #answerIn(text: string | undefined, input: ToolUse['input']): PermissionAnswer {
    const answer = parsed(text);
    const { behavior, updatedInput, message } = answer ?? {};
    if (behavior === 'allow' && (updatedInput === undefined || isJsonObject(updatedInput))) {
      return { kind: 'allow', input: updatedInput ?? input };
    }
    if (behavior === 'deny' && typeof message === 'string') return { kind: 'deny', message };
    const shown = text === undefined ? 'no text' : text.slice(0, 200);
    return this.#failed(
      `expected {"behavior": "allow", "updatedInput": {…}} or {"behavior": "deny", "message": "…"} as its one text, got ${shown}`,
    );
  }

  #failed(why: string): PermissionAnswer {
    return {
      kind: 'deny',
      message: `The permission prompt tool ${this.#name} gave no valid answer, which counts as no: ${why}`,
    };
  }
}

function onlyText({ content }: JsonObject): string | undefined {
  const [block, ...others] = Array.isArray(content) ? content : [];
  if (!isJsonObject(block) || others.length > 0 || block['type'] !== 'text') return undefined;
  return typeof block['text'] === 'string' ? block['text'] : undefined;
}

function parsed(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
