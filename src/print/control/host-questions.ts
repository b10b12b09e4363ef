/** Asks the host whether a tool may be used, and keeps each question until its answer, an interruption or the end of stdin. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { controlCancel, controlRequest } from '../../wire/events/event-control.ts';
import type { ToolUse } from '../permissions/permission-gate.ts';
import type { PermissionAnswer, PermissionAsker } from '../session/tool-calls.ts';

export interface HostQuestionsDeps {
  readonly emit: (event: AgentEvent) => Promise<void>;
  readonly newId: () => string;
  /** The host wants the turn to end with this denial. */
  readonly interrupt: () => void;
}

const CLOSED =
  'Tool permission request failed: the host closed its stream before it answered. Go on without this tool, or say what you would have needed it for.';

export class HostQuestions implements PermissionAsker {
  readonly #deps: HostQuestionsDeps;
  readonly #open = new Map<string, (response: JsonObject | undefined) => void>();
  #isClosed = false;

  constructor(deps: HostQuestionsDeps) {
    this.#deps = deps;
  }

  async ask(use: ToolUse, why: string, signal: AbortSignal): Promise<PermissionAnswer> {
    if (this.#isClosed) return { kind: 'deny', message: CLOSED };
    const id = this.#deps.newId();
    const answered = new Promise<JsonObject | undefined>((resolve) => this.#open.set(id, resolve));
    const onAbort = (): void => this.#open.get(id)?.(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#deps.emit(controlRequest(id, requestOf(use, why)));
      const response = await answered;
      if (signal.aborted) {
        await this.#deps.emit(controlCancel(id));
        throw signal.reason;
      }
      return response === undefined ? { kind: 'deny', message: CLOSED } : this.#answerIn(response, use);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#open.delete(id);
    }
  }

  /** An answer to nothing that was asked is nothing. */
  answer(id: string, response: JsonObject): void {
    this.#open.get(id)?.(response);
  }

  /** No answer comes any more. */
  close(): void {
    this.#isClosed = true;
    for (const settle of this.#open.values()) settle(undefined);
  }

  #answerIn({ subtype, response, error }: JsonObject, use: ToolUse): PermissionAnswer {
    if (subtype !== 'success' || !isJsonObject(response)) {
      return {
        kind: 'deny',
        message: `Tool permission request failed: ${String(error ?? 'no answer in it')}`,
      };
    }
    if (response['behavior'] === 'allow') {
      const changed = response['updatedInput'];
      return { kind: 'allow', input: isJsonObject(changed) ? changed : use.input };
    }
    if (response['interrupt'] === true) this.#deps.interrupt();
    const message = response['message'];
    return {
      kind: 'deny',
      message:
        typeof message === 'string' && message !== '' ? message : `Permission to use ${use.name} was denied`,
    };
  }
}

function requestOf({ name, input, useId }: ToolUse, why: string): JsonObject {
  return {
    subtype: 'can_use_tool',
    tool_name: name,
    display_name: name,
    input,
    permission_suggestions: [],
    decision_reason: why,
    tool_use_id: useId,
  };
}
