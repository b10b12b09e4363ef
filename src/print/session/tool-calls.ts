/**
 * Runs the tool calls of one reply: read-only ones that stand together side by side, every other one alone, in the model's
 * order, each only once the permissions as they are at that moment let it.
 */
import type { Json } from '../../core/json.ts';
import type { AgentEvent, ContentBlock } from '../../wire/events/event.ts';
import { noticeEvent } from '../../wire/events/event-control.ts';
import { type EventStamp, permissionDeniedEvent, toolResultEvent } from '../../wire/events/event-writer.ts';
import type { HookVerdict } from '../hooks/hook-answer.ts';
import type { ToolHooks } from '../hooks/tool-hooks.ts';
import type { Decision, PermissionGate, ToolUse } from '../permissions/permission-gate.ts';
import { type Tool, type ToolResult, toolError } from '../tools/tool.ts';
import { Interrupted } from './ending.ts';

/** Whoever started the session and wants to be asked. Contract: never rejects, save with the reason of an aborted signal. */
export interface PermissionAsker {
  ask(use: ToolUse, why: string, signal: AbortSignal): Promise<PermissionAnswer>;
}

export type PermissionAnswer =
  | { readonly kind: 'allow'; readonly input: Json }
  | { readonly kind: 'deny'; readonly message: string };

export interface ToolCallDeps {
  readonly tools: readonly Tool[];
  /** What is said of a tool that is not there. */
  readonly absent: (name: string) => ToolResult;
  /** Asked anew for each call: the mode may change on the way. */
  readonly gate: () => PermissionGate;
  readonly asker: PermissionAsker | undefined;
  /** Asked before rules are, as measured. */
  readonly hooks?: Pick<ToolHooks, 'before'> | undefined;
  readonly stamp: EventStamp;
  readonly emit: (event: AgentEvent) => Promise<void>;
  /** Told of each call that was not permitted. */
  readonly onDenial: (use: ToolUse) => void;
}

/** Measured. */
const MAX_SIDE_BY_SIDE = 10;

const NO_VERDICT: HookVerdict = { kind: 'none', input: undefined };

const CUT_OFF =
  'This call was not run: your reply was cut off at its longest, so its input may be incomplete. Make it again, in smaller pieces.';

export const STOPPED =
  'This call was stopped by an interruption. It may have run in part: look before you start the same work again.';

export class ToolCalls {
  readonly #deps: ToolCallDeps;
  readonly #tools: ReadonlyMap<string, Tool>;

  constructor(deps: ToolCallDeps) {
    this.#deps = deps;
    this.#tools = new Map(deps.tools.map((tool) => [tool.spec.name, tool]));
  }

  /**
   * One answer a call, in the order of the calls, also when it was interrupted. Rejects only when the program is to end.
   * `cutOff`: the reply was, so that nobody knows whether its last block is whole.
   */
  async run(blocks: readonly ContentBlock[], signal: AbortSignal, cutOff = false): Promise<ContentBlock[]> {
    const answers: ContentBlock[] = [];
    const last = cutOff ? blocks.at(-1)?.['id'] : undefined;
    for (const batch of this.#batches(blocks.filter(({ type }) => type === 'tool_use').map(useOf))) {
      const results = await Promise.all(
        batch.map((use) => (use.useId === last ? toolError(CUT_OFF) : this.#result(use, signal))),
      );
      for (const [index, result] of results.entries()) {
        const answer = answerOf(batch[index]?.useId ?? '', result);
        await this.#deps.emit(toolResultEvent(this.#deps.stamp, answer, result.forPrograms));
        answers.push(answer);
      }
    }
    return answers;
  }

  #batches(uses: readonly ToolUse[]): ToolUse[][] {
    const batches: ToolUse[][] = [];
    let isOpen = false;
    for (const use of uses) {
      const mayJoin = this.#tools.get(use.name)?.isReadOnly === true;
      const last = batches.at(-1);
      if (mayJoin && isOpen && last !== undefined && last.length < MAX_SIDE_BY_SIDE) last.push(use);
      else batches.push([use]);
      isOpen = mayJoin;
    }
    return batches;
  }

  async #result(use: ToolUse, signal: AbortSignal): Promise<ToolResult> {
    if (signal.aborted) return stopped(signal);
    const tool = this.#tools.get(use.name);
    if (tool === undefined) return this.#deps.absent(use.name);
    // A call that could not run is no use of the tool: it is neither asked about nor counted as denied.
    const wrong = tool.check?.(use.input);
    if (wrong !== undefined) return wrong;
    try {
      const permission = await this.#permission(use, signal);
      if (permission.kind === 'deny') return toolError(permission.message);
      return await tool.run(permission.input, { signal, useId: use.useId });
    } catch (error) {
      if (signal.aborted) return stopped(signal);
      throw error;
    }
  }

  async #permission(asked: ToolUse, signal: AbortSignal): Promise<PermissionAnswer> {
    const { asker, onDenial, hooks } = this.#deps;
    const verdict = (await hooks?.before(asked, signal)) ?? NO_VERDICT;
    if (verdict.kind === 'deny') {
      onDenial(asked);
      return verdict;
    }
    if ('notice' in verdict && verdict.notice !== undefined) {
      await this.#deps.emit(noticeEvent(this.#deps.stamp, verdict.notice));
    }
    const use =
      'input' in verdict && verdict.input !== undefined ? { ...asked, input: verdict.input } : asked;
    const decision = this.#decision(use, verdict);
    if (decision.kind === 'allow') return decision;
    if (decision.kind === 'ask' && asker !== undefined) {
      const answer = await asker.ask(use, decision.message, signal);
      const settled = answer.kind === 'allow' ? this.#unlessForbidden(use, answer.input) : answer;
      if (settled.kind === 'deny') onDenial(use);
      return settled;
    }
    onDenial(use);
    await this.#deps.emit(permissionDeniedEvent(this.#deps.stamp, use, decision.message));
    return { kind: 'deny', message: decision.message };
  }

  /** A hook may stand in for whoever would be asked, or want that somebody is; what a rule forbids it cannot allow. */
  #decision(use: ToolUse, verdict: HookVerdict): Decision {
    const decision = this.#deps.gate().decide(use);
    if (verdict.kind === 'allow' && decision.kind === 'ask') return { kind: 'allow', input: use.input };
    if (verdict.kind === 'ask' && decision.kind === 'allow') return verdict;
    return decision;
  }

  /** Whoever is asked may change the input, but not into one that a rule forbids. */
  #unlessForbidden(use: ToolUse, input: Json): PermissionAnswer {
    const again = this.#deps.gate().decide({ ...use, input });
    return again.kind === 'deny' ? again : { kind: 'allow', input };
  }
}

function useOf(block: ContentBlock): ToolUse {
  return { name: String(block['name']), useId: String(block['id']), input: block['input'] ?? null };
}

function answerOf(useId: string, result: ToolResult): ContentBlock {
  return {
    type: 'tool_result',
    tool_use_id: useId,
    content: result.content,
    ...(result.isError ? { is_error: true } : {}),
  };
}

function stopped(signal: AbortSignal): ToolResult {
  if (!(signal.reason instanceof Interrupted)) throw signal.reason;
  return toolError(STOPPED);
}
