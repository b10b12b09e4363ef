/** A conversation, turn by turn: asks the model, runs the tools it calls, asks again, until there is an answer or a reason why not. */
import type { Json } from '../../core/json.ts';
import {
  type AgentEvent,
  type ContentBlock,
  INTERRUPTED_IN_TOOLS_TEXT,
  INTERRUPTED_TEXT,
} from '../../wire/events/event.ts';
import { commandOutputEvent } from '../../wire/events/event-compact.ts';
import { noticeEvent } from '../../wire/events/event-control.ts';
import { resultEvent, userTextEvent } from '../../wire/events/event-writer.ts';
import type { ApiFailure, ConversationMessage, ModelReply } from '../api/model.ts';
import { Compactor } from '../compaction/compactor.ts';
import { History } from '../compaction/history.ts';
import { isOverflow } from '../compaction/overflow.ts';
import { unpricedMessage } from '../models/budget.ts';
import { answersToDangling } from '../session-files/dangling-calls.ts';
import { STRUCTURED_OUTPUT_REMINDER } from '../tools/structured-output.ts';
import { Interrupted } from './ending.ts';
import { failureEvent, replyEvents } from './reply-events.ts';
import { returnableBlocks, type SecondChance } from './second-chances.ts';
import type { SessionDeps } from './session-deps.ts';
import {
  apiEnd,
  budgetEnd,
  compactEnd,
  endOfInterrupted,
  interruptedEnd,
  isCut,
  lastText,
  maxTurnsEnd,
  neverMetEnd,
  type SessionEnd,
  stoppedEnd,
  structuredEnd,
  textEnd,
  tooLongEnd,
} from './session-end.ts';
import { ToolCalls } from './tool-calls.ts';
import { Turn } from './turn.ts';

export class Session {
  readonly #deps: SessionDeps;
  readonly #calls: ToolCalls;
  readonly #history: History;
  readonly #compactor: Compactor;
  #turn: Turn;
  #results = 0;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#turn = new Turn(deps.clock.monotonicMs());
    this.#history = new History(deps.history, deps.historyTokens);
    this.#compactor = new Compactor({ ...deps, history: this.#history });
    const { structuredOutput, tools } = deps;
    this.#calls = new ToolCalls({
      ...deps,
      tools: structuredOutput === undefined ? tools : [...tools, structuredOutput],
      onDenial: (use) => void this.#turn.denials.push(use),
    });
  }

  /** One turn: emits everything up to the `result` event, which it returns as well. Rejects when the program itself is to end. */
  async run(content: readonly ContentBlock[], signal: AbortSignal): Promise<AgentEvent> {
    this.#begin();
    this.#keep({ role: 'user', content: [...answersToDangling(this.#history.messages), ...content] });
    const ending = this.#untilEnd(signal).catch((error: unknown) => {
      if (error instanceof Interrupted) return this.#interrupted(error);
      throw error;
    });
    return await this.#result(await ending);
  }

  /** `/compact`, in place of a turn. `beforeBoundary` is called before anything is told but that it is being done. */
  async compact(
    wish: string | undefined,
    signal: AbortSignal,
    beforeBoundary: () => Promise<void>,
  ): Promise<AgentEvent> {
    this.#begin();
    this.#turn.numTurns = 0;
    const { stamp, emit } = this.#deps;
    const compact = async (): Promise<SessionEnd> => {
      const compaction = await this.#compactor.onRequest(wish, signal, beforeBoundary);
      const end = compactEnd(compaction);
      if (compaction.kind === 'compacted') await emit(commandOutputEvent(stamp, 'Compacted'));
      else await emit(failureEvent(stamp, end, compaction.failure));
      return end;
    };
    return await this.#result(await compact().catch(endOfInterrupted), 'compact');
  }

  async #result(end: SessionEnd, localCommand?: string): Promise<AgentEvent> {
    const { account, clock, stamp, log } = this.#deps;
    log.keepCost(account.state);
    const event = resultEvent(stamp, {
      ...end,
      numTurns: this.#turn.numTurns,
      durationMs: clock.monotonicMs() - this.#turn.startedMs,
      durationApiMs: account.apiMs,
      costUsd: account.costUsd,
      usage: account.usage,
      modelUsage: account.modelUsage,
      modelUsageSinceResult: account.modelUsageSinceResult,
      denials: this.#turn.denials,
      index: this.#results++,
      ...(localCommand === undefined ? {} : { localCommand }),
    });
    await this.#deps.emit(event);
    return event;
  }

  #begin(): void {
    this.#turn = new Turn(this.#deps.clock.monotonicMs());
    this.#deps.account.beginTurn();
    this.#deps.structuredOutput?.begin();
  }

  #keep(message: ConversationMessage): void {
    this.#history.add(message);
    this.#deps.log.keep(message);
  }

  #keepReply(reply: ModelReply): void {
    const content = returnableBlocks(reply);
    // The API takes no message without content, and a reply may have none.
    const message: ConversationMessage | undefined =
      content.length === 0 ? undefined : { role: 'assistant', content };
    this.#history.addReply(message, reply);
    if (message !== undefined) this.#deps.log.keep(message, reply);
  }

  async #untilEnd(signal: AbortSignal): Promise<SessionEnd> {
    for (;;) {
      const noMoney = this.#noMoney();
      if (noMoney !== undefined) return noMoney;
      if (this.#compactor.isDue) {
        const compaction = await this.#compactor.ahead(signal);
        if (compaction.kind === 'compacted') this.#turn.numTurns += 1;
        continue;
      }
      const answer = await this.#deps.questions.ask(this.#history.messages, signal);
      const end =
        answer.kind === 'failure'
          ? await this.#afterFailure(answer, signal)
          : await this.#take(answer, signal);
      if (end !== undefined) return end;
    }
  }

  /** `undefined` when the model is to be asked again: the conversation was too long, and is no more. */
  async #afterFailure(failure: ApiFailure, signal: AbortSignal): Promise<SessionEnd | undefined> {
    if (!isOverflow(failure)) return this.#budgetEnd(null) ?? (await this.#failed(apiEnd(failure), failure));
    const compaction = await this.#compactor.afterOverflow(signal);
    if (compaction.kind === 'failed') return await this.#failed(tooLongEnd(failure, compaction.why), failure);
    this.#turn.numTurns += 1;
    return undefined;
  }

  #budgetEnd(stopReason: string | null): SessionEnd | undefined {
    const { maxBudgetUsd: limit, account } = this.#deps;
    return limit !== undefined && account.hasSpent(limit) ? budgetEnd(limit, stopReason) : undefined;
  }

  /** Before a request: the model may have been changed for one whose price nobody knows. */
  #noMoney(): SessionEnd | undefined {
    const { maxBudgetUsd: limit, account, questions } = this.#deps;
    if (limit === undefined || account.hasPriceOf(questions.model)) return this.#budgetEnd(null);
    return budgetEnd(limit, null, unpricedMessage(questions.model, limit));
  }

  /** Reads one reply; `undefined` when the model is to be asked again. */
  async #take(reply: ModelReply, signal: AbortSignal): Promise<SessionEnd | undefined> {
    for (const event of replyEvents(this.#deps.stamp, reply)) await this.#deps.emit(event);
    this.#keepReply(reply);
    this.#compactor.answered();
    if (this.#turn.isPausedBy(reply)) return this.#budgetEnd(reply.stopReason);
    const chance = this.#turn.chances.after(reply);
    const stopped = chance === undefined ? stoppedEnd(reply) : undefined;
    if (stopped !== undefined) return await this.#failed(stopped, undefined);
    const spent = this.#budgetEnd(reply.stopReason);
    if (spent !== undefined) return spent;
    const { structuredOutput, maxTurns } = this.#deps;
    const results = reply.stopReason === 'refusal' ? [] : await this.#runTools(reply, signal);
    if (structuredOutput?.accepted !== undefined) return structuredEnd(structuredOutput.accepted, reply);
    if (results.length === 0) {
      // Measured: such a reply is none that `--max-turns` counts.
      if (chance !== undefined) return await this.#goOn(reply, chance);
      if (structuredOutput === undefined) return textEnd(reply, this.#turn.begunText);
      if (this.#turn.wasReminded) return neverMetEnd(structuredOutput, reply);
    }
    if (structuredOutput?.isExhausted === true) return neverMetEnd(structuredOutput, reply);
    this.#turn.replies += 1;
    if (maxTurns !== undefined && this.#turn.replies >= maxTurns) return maxTurnsEnd(maxTurns, reply);
    if (results.length === 0) await this.#remind();
    return undefined;
  }

  async #runTools(reply: ModelReply, signal: AbortSignal): Promise<ContentBlock[]> {
    const { blocks } = reply;
    this.#turn.isInTools = blocks.some(({ type }) => type === 'tool_use');
    const results = await this.#calls.run(blocks, signal, isCut(reply));
    this.#turn.numTurns += results.length;
    if (results.length > 0) this.#keep({ role: 'user', content: results });
    signal.throwIfAborted();
    if (this.#turn.isInTools) this.#turn.begunText = '';
    this.#turn.isInTools = false;
    return results;
  }

  /** The reply was no answer, and the model is told why. */
  async #goOn(reply: ModelReply, { text, notice }: SecondChance): Promise<undefined> {
    if (isCut(reply)) this.#turn.begunText += lastText(reply);
    if (notice !== undefined) await this.#deps.emit(noticeEvent(this.#deps.stamp, notice));
    await this.#say(text);
  }

  async #remind(): Promise<void> {
    this.#turn.wasReminded = true;
    await this.#say(STRUCTURED_OUTPUT_REMINDER);
  }

  async #say(text: string): Promise<void> {
    await this.#tellUser(text, { isSynthetic: true });
    this.#keep({ role: 'user', content: [{ type: 'text', text }] });
  }

  async #tellUser(text: string, more: Record<string, Json> = {}): Promise<void> {
    this.#turn.numTurns += 1;
    await this.#deps.emit(userTextEvent(this.#deps.stamp, text, more));
  }

  async #interrupted(reason: Interrupted): Promise<SessionEnd> {
    const text = this.#turn.isInTools ? INTERRUPTED_IN_TOOLS_TEXT : INTERRUPTED_TEXT;
    const answers = answersToDangling(this.#history.messages);
    this.#keep({ role: 'user', content: [...answers, { type: 'text', text }] });
    await this.#tellUser(text);
    return interruptedEnd(reason, this.#turn.isInTools);
  }

  /** An error in the API's place is told as a message too, of no model. */
  async #failed(end: SessionEnd, failure: ApiFailure | undefined): Promise<SessionEnd> {
    await this.#deps.emit(failureEvent(this.#deps.stamp, end, failure));
    return end;
  }
}
