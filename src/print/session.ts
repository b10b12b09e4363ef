/** A conversation, turn by turn: asks the model, runs the tools it calls, asks again, until there is an answer or a reason why not. */
import type { Json } from '../core/json.ts';
import type { Clock } from '../core/ports.ts';
import {
  type AgentEvent,
  type ContentBlock,
  INTERRUPTED_IN_TOOLS_TEXT,
  INTERRUPTED_TEXT,
  SYNTHETIC_MODEL,
} from '../wire/event.ts';
import { assistantEvent, type DeniedTool, resultEvent, userTextEvent } from '../wire/event-writer.ts';
import { type Account, usageFields } from './account.ts';
import type { ApiFailure, ConversationMessage, ModelReply } from './api/model.ts';
import { Interrupted } from './ending.ts';
import type { Questions } from './questions.ts';
import {
  apiEnd,
  interruptedEnd,
  maxBudgetEnd,
  maxTurnsEnd,
  neverMetEnd,
  type SessionEnd,
  stoppedEnd,
  structuredEnd,
  textEnd,
} from './session-end.ts';
import { answersToDangling } from './sessions/dangling-calls.ts';
import { type ToolCallDeps, ToolCalls } from './tool-calls.ts';
import { STRUCTURED_OUTPUT_REMINDER, type StructuredOutput } from './tools/structured-output.ts';

/** Keeps what was said. Contract: never throws; what was kept before a kill is there after it. */
export interface SessionLog {
  keep(message: ConversationMessage, reply?: ModelReply): void;
}

export interface SessionDeps extends Omit<ToolCallDeps, 'onDenial'> {
  readonly questions: Questions;
  readonly account: Account;
  readonly structuredOutput: StructuredOutput | undefined;
  /** Replies of one turn after which no further one is asked for. */
  readonly maxTurns: number | undefined;
  readonly maxBudgetUsd: number | undefined;
  /** What was said in an earlier life of this session. */
  readonly history: readonly ConversationMessage[];
  readonly log: SessionLog;
  readonly clock: Clock;
}

export class Session {
  readonly #deps: SessionDeps;
  readonly #calls: ToolCalls;
  readonly #messages: ConversationMessage[];
  #denials: DeniedTool[] = [];
  #startedMs = 0;
  #replies = 0;
  /** As the real program counts: one, and one more for every user message that follows. */
  #numTurns = 1;
  #results = 0;
  #wasReminded = false;
  #isInTools = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#messages = [...deps.history];
    const { structuredOutput, tools } = deps;
    this.#calls = new ToolCalls({
      ...deps,
      tools: structuredOutput === undefined ? tools : [...tools, structuredOutput],
      onDenial: (use) => void this.#denials.push(use),
    });
  }

  /** One turn: emits everything up to the `result` event, which it returns as well. Rejects when the program itself is to end. */
  async run(content: readonly ContentBlock[], signal: AbortSignal): Promise<AgentEvent> {
    this.#begin();
    this.#keep({ role: 'user', content: [...answersToDangling(this.#messages), ...content] });
    const end = await this.#untilEnd(signal).catch((error: unknown) => {
      if (error instanceof Interrupted) return this.#interrupted(error);
      throw error;
    });
    const { account, clock, stamp } = this.#deps;
    const event = resultEvent(stamp, {
      ...end,
      numTurns: this.#numTurns,
      durationMs: clock.monotonicMs() - this.#startedMs,
      durationApiMs: account.apiMs,
      costUsd: account.costUsd,
      usage: account.usage,
      modelUsage: account.modelUsage,
      denials: this.#denials,
      index: this.#results++,
    });
    await this.#deps.emit(event);
    return event;
  }

  #begin(): void {
    this.#startedMs = this.#deps.clock.monotonicMs();
    this.#denials = [];
    this.#replies = 0;
    this.#numTurns = 1;
    this.#wasReminded = false;
    this.#isInTools = false;
    this.#deps.account.beginTurn();
    this.#deps.structuredOutput?.begin();
  }

  #keep(message: ConversationMessage, reply?: ModelReply): void {
    this.#messages.push(message);
    this.#deps.log.keep(message, reply);
  }

  async #untilEnd(signal: AbortSignal): Promise<SessionEnd> {
    for (;;) {
      const spent = this.#budgetEnd(null);
      if (spent !== undefined) return spent;
      const answer = await this.#deps.questions.ask(this.#messages, signal);
      if (answer.kind === 'failure') return await this.#failed(apiEnd(answer), answer);
      const end = await this.#take(answer, signal);
      if (end !== undefined) return end;
    }
  }

  #budgetEnd(stopReason: string | null): SessionEnd | undefined {
    const { maxBudgetUsd, account } = this.#deps;
    if (maxBudgetUsd === undefined) return undefined;
    // Without a price nothing could be promised: that is a stop, too.
    const { costUsd } = account;
    return costUsd === null || costUsd >= maxBudgetUsd ? maxBudgetEnd(maxBudgetUsd, stopReason) : undefined;
  }

  /** Reads one reply; `undefined` when the model is to be asked again. */
  async #take(reply: ModelReply, signal: AbortSignal): Promise<SessionEnd | undefined> {
    this.#replies += 1;
    await this.#tell(reply);
    // The API takes no message without content, and a reply may have none.
    if (reply.blocks.length > 0) this.#keep({ role: 'assistant', content: reply.blocks }, reply);
    // The API paused a long turn of its own tools: it goes on when it is handed back as it is.
    if (reply.stopReason === 'pause_turn' && reply.blocks.length > 0)
      return this.#budgetEnd(reply.stopReason);
    const stopped = stoppedEnd(reply);
    if (stopped !== undefined) return await this.#failed(stopped, undefined);
    const spent = this.#budgetEnd(reply.stopReason);
    if (spent !== undefined) return spent;
    const { structuredOutput, maxTurns } = this.#deps;
    const results = await this.#runTools(reply, signal);
    if (structuredOutput?.accepted !== undefined) return structuredEnd(structuredOutput.accepted, reply);
    if (results.length === 0) {
      if (structuredOutput === undefined) return textEnd(reply);
      if (this.#wasReminded) return neverMetEnd(structuredOutput, reply);
    }
    if (structuredOutput?.isExhausted === true) return neverMetEnd(structuredOutput, reply);
    const limit = maxTurns ?? Number.POSITIVE_INFINITY;
    if (this.#replies >= limit) return maxTurnsEnd(limit, reply);
    if (results.length === 0) this.#keep({ role: 'user', content: [await this.#remind()] });
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

  async #runTools({ blocks }: ModelReply, signal: AbortSignal): Promise<ContentBlock[]> {
    this.#isInTools = blocks.some(({ type }) => type === 'tool_use');
    const results = await this.#calls.run(blocks, signal);
    this.#numTurns += results.length;
    if (results.length > 0) this.#keep({ role: 'user', content: results });
    signal.throwIfAborted();
    this.#isInTools = false;
    return results;
  }

  async #remind(): Promise<ContentBlock> {
    this.#wasReminded = true;
    await this.#tellUser(STRUCTURED_OUTPUT_REMINDER, { isSynthetic: true });
    return { type: 'text', text: STRUCTURED_OUTPUT_REMINDER };
  }

  async #tellUser(text: string, more: Record<string, Json> = {}): Promise<void> {
    this.#numTurns += 1;
    await this.#deps.emit(userTextEvent(this.#deps.stamp, text, more));
  }

  async #interrupted(reason: Interrupted): Promise<SessionEnd> {
    const text = this.#isInTools ? INTERRUPTED_IN_TOOLS_TEXT : INTERRUPTED_TEXT;
    this.#keep({ role: 'user', content: [...answersToDangling(this.#messages), { type: 'text', text }] });
    await this.#tellUser(text);
    return interruptedEnd(reason.message || 'interrupted', this.#isInTools);
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
