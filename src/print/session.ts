/** One turn of an agent: asks the model, runs the tools it calls, asks again, until there is an answer or a reason why not. */
import type { Json } from '../core/json.ts';
import type { Clock } from '../core/ports.ts';
import { type AgentEvent, type ContentBlock, INTERRUPTED_TEXT, SYNTHETIC_MODEL } from '../wire/event.ts';
import {
  apiRetryEvent,
  assistantEvent,
  type DeniedTool,
  type EventStamp,
  permissionDeniedEvent,
  resultEvent,
  toolResultEvent,
  userTextEvent,
} from '../wire/event-writer.ts';
import { Account, usageFields } from './account.ts';
import type { ApiFailure, ConversationMessage, Model, ModelReply, ModelRequest } from './api/model.ts';
import { answerWithRetries } from './api/retries.ts';
import { Interrupted } from './ending.ts';
import {
  apiEnd,
  interruptedEnd,
  maxTurnsEnd,
  neverMetEnd,
  type SessionEnd,
  stoppedEnd,
  structuredEnd,
  textEnd,
} from './session-end.ts';
import { STRUCTURED_OUTPUT_REMINDER, type StructuredOutput } from './tools/structured-output.ts';
import type { ToolResult } from './tools/tool.ts';
import { refusalOf, type ToolRules } from './tools/tool-access.ts';

export interface SessionDeps {
  readonly model: Model;
  readonly request: Omit<ModelRequest, 'messages' | 'tools'>;
  readonly structuredOutput: StructuredOutput | undefined;
  readonly toolRules: ToolRules;
  /** Replies after which no further one is asked for. */
  readonly maxTurns: number | undefined;
  readonly stamp: EventStamp;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: AgentEvent) => Promise<void>;
}

export class Session {
  readonly #deps: SessionDeps;
  readonly #account = new Account();
  readonly #messages: ConversationMessage[] = [];
  readonly #denials: DeniedTool[] = [];
  readonly #startedMs: number;
  #replies = 0;
  /** As the real program counts: one, and one more for every user message that follows. */
  #numTurns = 1;
  #wasReminded = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#startedMs = deps.clock.monotonicMs();
  }

  /** Emits everything up to the `result` event, which it returns as well. Rejects when the program itself is to end. */
  async run(prompt: string, signal: AbortSignal): Promise<AgentEvent> {
    this.#messages.push({ role: 'user', content: [{ type: 'text', text: prompt }] });
    const end = await this.#untilEnd(signal).catch((error: unknown) => {
      if (error instanceof Interrupted) return this.#interrupted();
      throw error;
    });
    const event = resultEvent(this.#deps.stamp, {
      ...end,
      numTurns: this.#numTurns,
      durationMs: this.#deps.clock.monotonicMs() - this.#startedMs,
      durationApiMs: this.#account.apiMs,
      costUsd: this.#account.costUsd,
      usage: this.#account.usage,
      modelUsage: this.#account.modelUsage,
      denials: this.#denials,
    });
    await this.#deps.emit(event);
    return event;
  }

  async #untilEnd(signal: AbortSignal): Promise<SessionEnd> {
    for (;;) {
      const answer = await this.#ask(signal);
      if (answer.kind === 'failure') return await this.#failed(apiEnd(answer), answer);
      const end = await this.#take(answer, signal);
      if (end !== undefined) return end;
    }
  }

  async #ask(signal: AbortSignal): Promise<ModelReply | ApiFailure> {
    const { clock, model, request, random, structuredOutput } = this.#deps;
    const tools = structuredOutput === undefined ? [] : [structuredOutput.spec];
    const askedMs = clock.monotonicMs();
    try {
      const answer = await answerWithRetries(
        model,
        { ...request, messages: this.#messages, tools },
        {
          clock,
          random,
          announce: async (retry) => await this.#deps.emit(apiRetryEvent(this.#deps.stamp, retry)),
          onFailure: ({ usage }) => usage && this.#account.add(request.model, usage),
        },
        signal,
      );
      if (answer.kind === 'reply') this.#account.add(answer.model, answer.usage);
      return answer;
    } finally {
      this.#account.addApiTime(clock.monotonicMs() - askedMs);
    }
  }

  /** Reads one reply; `undefined` when the model is to be asked again. */
  async #take(reply: ModelReply, signal: AbortSignal): Promise<SessionEnd | undefined> {
    this.#replies += 1;
    await this.#tell(reply);
    const stopped = stoppedEnd(reply);
    if (stopped !== undefined) return await this.#failed(stopped, undefined);
    const { structuredOutput, maxTurns } = this.#deps;
    const results = await this.#runTools(reply.blocks, signal);
    if (structuredOutput?.accepted !== undefined) return structuredEnd(structuredOutput.accepted, reply);
    if (results.length === 0) {
      if (structuredOutput === undefined) return textEnd(reply);
      if (this.#wasReminded) return neverMetEnd(structuredOutput, reply);
    }
    if (structuredOutput?.isExhausted === true) return neverMetEnd(structuredOutput, reply);
    const limit = maxTurns ?? Number.POSITIVE_INFINITY;
    if (this.#replies >= limit) return maxTurnsEnd(limit, reply);
    // The API takes no message without content, and a reply may have none.
    if (reply.blocks.length > 0) this.#messages.push({ role: 'assistant', content: reply.blocks });
    this.#messages.push({ role: 'user', content: results.length === 0 ? [await this.#remind()] : results });
    return undefined;
  }

  async #tell(reply: ModelReply): Promise<void> {
    const message = {
      id: reply.id,
      model: reply.model,
      stopReason: reply.stopReason,
      usage: usageFields(reply.usage),
    };
    const more = reply.requestId === undefined ? {} : { request_id: reply.requestId };
    for (const block of reply.blocks) {
      await this.#deps.emit(assistantEvent(this.#deps.stamp, message, block, more));
    }
  }

  async #runTools(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<ContentBlock[]> {
    const results: ContentBlock[] = [];
    for (const block of blocks.filter(({ type }) => type === 'tool_use')) {
      signal.throwIfAborted();
      const use = { name: String(block['name']), useId: String(block['id']), input: block['input'] ?? null };
      const result = await this.#runTool(use);
      const answer: ContentBlock = {
        type: 'tool_result',
        tool_use_id: use.useId,
        content: result.content,
        ...(result.isError ? { is_error: true } : {}),
      };
      await this.#tellUser(toolResultEvent(this.#deps.stamp, answer, result.forPrograms));
      results.push(answer);
    }
    return results;
  }

  async #runTool(use: DeniedTool): Promise<ToolResult> {
    const { structuredOutput, toolRules, stamp } = this.#deps;
    if (use.name === structuredOutput?.spec.name) return await structuredOutput.run(use.input);
    const { result, isDenial } = refusalOf(use.name, toolRules);
    if (isDenial) {
      this.#denials.push(use);
      await this.#deps.emit(permissionDeniedEvent(stamp, use, result.content));
    }
    return result;
  }

  async #remind(): Promise<ContentBlock> {
    this.#wasReminded = true;
    await this.#tellUser(userTextEvent(this.#deps.stamp, STRUCTURED_OUTPUT_REMINDER, { isSynthetic: true }));
    return { type: 'text', text: STRUCTURED_OUTPUT_REMINDER };
  }

  async #tellUser(event: AgentEvent): Promise<void> {
    this.#numTurns += 1;
    await this.#deps.emit(event);
  }

  async #interrupted(): Promise<SessionEnd> {
    await this.#tellUser(userTextEvent(this.#deps.stamp, INTERRUPTED_TEXT));
    return interruptedEnd();
  }

  /** An error in the API's place is told as a message too, of no model. */
  async #failed(end: SessionEnd, failure: ApiFailure | undefined): Promise<SessionEnd> {
    const { stamp } = this.#deps;
    const none = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    const message = {
      id: stamp.uuid(),
      model: SYNTHETIC_MODEL,
      stopReason: end.stopReason,
      usage: usageFields(none),
    };
    const facts: Record<string, Json> = { error: end.word ?? 'unknown', is_api_error_message: true };
    if (typeof failure?.status === 'number') facts['api_error_status'] = failure.status;
    if (failure?.type !== undefined) facts['api_error_type'] = failure.type;
    await this.#deps.emit(assistantEvent(stamp, message, { type: 'text', text: end.text ?? '' }, facts));
    return end;
  }
}
