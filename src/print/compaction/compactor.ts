/** Summarises a conversation that has become too long: before the API refuses it where that can be foreseen, else once it has. */
import type { Clock } from '../../core/ports.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import {
  type CompactFacts,
  compactBoundaryEvent,
  compactedEvent,
  compactingEvent,
  compactMetadata,
} from '../../wire/events/event-compact.ts';
import { type EventStamp, userTextEvent } from '../../wire/events/event-writer.ts';
import type { ApiFailure, ConversationMessage } from '../api/model.ts';
import { Interrupted } from '../session/ending.ts';
import type { Questions } from '../session/questions.ts';
import type { SessionLog } from '../session/session-log.ts';
import { runsTold } from '../workflows/runs-told.ts';
import { type CompactionLimits, keptTokens, thresholdTokens } from './compaction-limits.ts';
import type { History } from './history.ts';
import { tokensOf } from './message-size.ts';
import { isOverflow } from './overflow.ts';
import { splitOf } from './split.ts';
import { summaryIn, summaryMessage, summaryRequest, withShortResults } from './summary.ts';

export interface CompactorDeps {
  readonly history: History;
  readonly questions: Questions;
  readonly log: SessionLog;
  readonly limits: CompactionLimits;
  /** The file that holds all that was said, where there is one. */
  readonly transcript?: string | undefined;
  readonly stamp: EventStamp;
  readonly clock: Clock;
  readonly emit: (event: AgentEvent) => Promise<void>;
}

export type Compaction =
  | { readonly kind: 'compacted' }
  /** `failure` is what the API said to the request for a summary. */
  | { readonly kind: 'failed'; readonly why: string; readonly failure: ApiFailure | undefined };

/** Measured: after a second summary that did not help, the conversation is given up. */
const MAX_OVERFLOWS = 2;

export class Compactor {
  readonly #deps: CompactorDeps;
  #droppedTokens = 0;
  /** The API said so, and has taken no request since. */
  #overflows = 0;
  /** Summarising has not brought the conversation below the limit, or has failed: once more would not, either. */
  #isFutile = false;

  constructor(deps: CompactorDeps) {
    this.#deps = deps;
  }

  /** After each reply. */
  answered(): void {
    this.#overflows = 0;
    if (!this.#isLong) this.#isFutile = false;
  }

  get isDue(): boolean {
    return this.#deps.limits.isAutomatic && !this.#isFutile && this.#isLong;
  }

  get #isLong(): boolean {
    const { history, questions, limits } = this.#deps;
    return history.tokens >= thresholdTokens(questions.model, limits);
  }

  /** Before it is too late. A failure is told, and the conversation goes on as it is. */
  async ahead(signal: AbortSignal): Promise<Compaction> {
    const compaction = await this.#compact('auto', this.#keptTokens, signal);
    this.#isFutile = true;
    return compaction;
  }

  /** The API refused the conversation as too long. */
  async afterOverflow(signal: AbortSignal): Promise<Compaction> {
    if (!this.#deps.limits.isAutomatic) return failed('summarising it is switched off');
    if (this.#overflows >= MAX_OVERFLOWS) return failed('summarising it did not make it short enough');
    // What is kept word for word may be what is too long.
    const compaction = await this.#compact('auto', this.#overflows === 0 ? this.#keptTokens : 0, signal);
    this.#overflows += 1;
    return compaction;
  }

  /** A user asked for it. `beforeBoundary` is called once it is known how it ended. */
  async onRequest(
    wish: string | undefined,
    signal: AbortSignal,
    beforeBoundary: () => Promise<void>,
  ): Promise<Compaction> {
    return await this.#compact('manual', this.#keptTokens, signal, { wish, beforeBoundary });
  }

  get #keptTokens(): number {
    return keptTokens(this.#deps.questions.model, this.#deps.limits);
  }

  async #compact(
    trigger: CompactFacts['trigger'],
    tailTokens: number,
    signal: AbortSignal,
    { wish, beforeBoundary }: { wish?: string | undefined; beforeBoundary?: () => Promise<void> } = {},
  ): Promise<Compaction> {
    const { history, clock, stamp, emit, transcript } = this.#deps;
    const startedMs = clock.monotonicMs();
    const split = splitOf(history.messages, tailTokens);
    if (split === undefined) {
      await beforeBoundary?.();
      return failed('there is nothing before it that could be summarised');
    }
    await emit(compactingEvent(stamp));
    const answer = await this.#summaryOf(split.summarised, wish, signal).catch(async (error: unknown) => {
      // As measured: whoever was told that it began is told that it is over. The conversation is as it was.
      if (error instanceof Interrupted) {
        await emit(compactedEvent(stamp, 'aborted'));
        await beforeBoundary?.();
      }
      throw error;
    });
    await emit(compactedEvent(stamp, answer.kind === 'failed' ? answer.why : undefined));
    await beforeBoundary?.();
    if (answer.kind === 'failed') return answer;
    const summary = summaryMessage(answer.text, {
      transcript,
      keepsMessages: split.kept.length > 0,
      runs: runsTold(split.summarised),
    });
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    await this.#cut(trigger, summary, split.kept, durationMs);
    return { kind: 'compacted' };
  }

  /** The second attempt is for a conversation that is too long even to be summarised. */
  async #summaryOf(
    messages: readonly ConversationMessage[],
    wish: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'summary'; readonly text: string } | Extract<Compaction, { kind: 'failed' }>> {
    const { questions } = this.#deps;
    let answer = await questions.ask(summaryRequest(messages, wish), signal, 'summary');
    if (answer.kind === 'failure' && isOverflow(answer)) {
      answer = await questions.ask(summaryRequest(withShortResults(messages), wish), signal, 'summary');
    }
    if (answer.kind === 'failure') return failed(answer.message, answer);
    const text = summaryIn(answer);
    return text === undefined ? failed('the model gave no whole summary') : { kind: 'summary', text };
  }

  async #cut(
    trigger: CompactFacts['trigger'],
    summary: ConversationMessage,
    kept: readonly ConversationMessage[],
    durationMs: number,
  ): Promise<void> {
    const { history, log, stamp, emit } = this.#deps;
    const preTokens = history.tokens;
    const messages = [summary, ...kept];
    const postTokens = tokensOf(messages);
    this.#droppedTokens += Math.max(0, preTokens - postTokens);
    const facts = { trigger, preTokens, postTokens, droppedTokens: this.#droppedTokens, durationMs };
    const uuid = stamp.uuid();
    const summaryUuid = stamp.uuid();
    const parentUuid = log.compact({ uuid, metadata: compactMetadata(facts), summaryUuid, summary, kept });
    history.replace(messages);
    await emit(compactBoundaryEvent(stamp, uuid, facts, parentUuid));
    await emit(userTextEvent(stamp, textOf(summary), { isSynthetic: true, uuid: summaryUuid }));
  }
}

function failed(why: string, failure?: ApiFailure): Extract<Compaction, { kind: 'failed' }> {
  return { kind: 'failed', why, failure };
}

function textOf({ content }: ConversationMessage): string {
  return content.map((block) => String(block['text'] ?? '')).join('\n');
}
