/** Puts the conversation to the model: tries again what may work the next time, goes on with another model where one is named, counts the cost. */
import type { JsonObject } from '../../core/json.ts';
import type { Clock } from '../../core/ports.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { modelFallbackEvent, streamEvent } from '../../wire/events/event-control.ts';
import { apiRetryEvent, type EventStamp } from '../../wire/events/event-writer.ts';
import type {
  ApiFailure,
  ApiUsage,
  ConversationMessage,
  Model,
  ModelAnswer,
  ModelReply,
  ModelRequest,
  PieceListener,
  ToolSpec,
} from '../api/model.ts';
import { answerWithRetries, OVERLOADED } from '../api/retries.ts';
import type { Account } from '../models/account.ts';

export interface QuestionsDeps {
  readonly model: Model;
  readonly request: Omit<ModelRequest, 'messages' | 'tools'>;
  readonly tools: readonly ToolSpec[];
  readonly account: Account;
  /** In the order in which they stand in for the model. */
  readonly fallbackModels: readonly string[];
  /** Also tells every piece of a message as it comes. */
  readonly tellsPieces: boolean;
  readonly stamp: EventStamp;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxRetries?: number | undefined;
  readonly maxBudgetUsd?: number | undefined;
  readonly emit: (event: AgentEvent) => Promise<void>;
}

type Purpose = 'turn' | 'summary';

interface Question {
  readonly model: string;
  readonly messages: readonly ConversationMessage[];
  readonly hasFallback: boolean;
  readonly purpose: Purpose;
}

export class Questions {
  readonly #deps: QuestionsDeps;
  /** Ids; the first one is asked. */
  #models: readonly string[];

  constructor(deps: QuestionsDeps) {
    this.#deps = deps;
    this.#models = [deps.request.model, ...deps.fallbackModels.filter((id) => id !== deps.request.model)];
  }

  get model(): string {
    return this.#models[0] ?? this.#deps.request.model;
  }

  /** From the next question on. */
  set model(id: string) {
    this.#models = [id, ...this.#deps.fallbackModels.filter((other) => other !== id)];
  }

  /** A summary is the session's own business: its pieces are not told. */
  async ask(
    messages: readonly ConversationMessage[],
    signal: AbortSignal,
    purpose: Purpose = 'turn',
  ): Promise<ModelReply | ApiFailure> {
    for (;;) {
      const [asked, next] = this.#models;
      const question = { model: asked ?? this.model, messages, hasFallback: next !== undefined, purpose };
      const answer = await this.#answer(question, signal);
      const isOver = next === undefined || this.#deps.account.hasSpent(this.#deps.maxBudgetUsd);
      if (answer.kind === 'reply' || answer.word !== OVERLOADED || isOver) return answer;
      this.#models = this.#models.slice(1);
      await this.#deps.emit(modelFallbackEvent(this.#deps.stamp, String(asked), next));
    }
  }

  async #answer(
    { model, messages, hasFallback, purpose }: Question,
    signal: AbortSignal,
  ): Promise<ModelAnswer> {
    const { account, clock, random, request, stamp, tools, emit, maxRetries, maxBudgetUsd } = this.#deps;
    const bill = (of: string, usage: ApiUsage): void =>
      purpose === 'turn' ? account.add(of, usage) : account.addAside(of, usage);
    const askedMs = clock.monotonicMs();
    const pieces = new Pieces(this.#deps);
    try {
      const answer = await answerWithRetries(
        this.#deps.model,
        { ...request, model, messages, tools },
        {
          clock,
          random,
          maxRetries,
          hasFallback,
          onPiece: this.#deps.tellsPieces && purpose === 'turn' ? pieces.listener : undefined,
          announce: async (retry) => await emit(apiRetryEvent(stamp, retry)),
          onFailure: ({ usage }) => usage && bill(model, usage),
          mayGoOn: () => !account.hasSpent(maxBudgetUsd),
        },
        signal,
      );
      if (answer.kind === 'reply') bill(answer.model, answer.usage);
      return answer;
    } finally {
      account.addApiTime(clock.monotonicMs() - askedMs);
      await pieces.told();
    }
  }
}

/** Writes pieces in their order, though nobody waits for each. */
class Pieces {
  readonly #deps: QuestionsDeps;
  #told: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(deps: QuestionsDeps) {
    this.#deps = deps;
  }

  readonly listener: PieceListener = (piece: JsonObject) => {
    const { emit, stamp } = this.#deps;
    this.#told = this.#told
      .then(async () => await emit(streamEvent(stamp, piece)))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  };

  /** Resolves when all are written; rejects when one could not be. */
  async told(): Promise<void> {
    await this.#told;
    if (this.#failure !== undefined) throw this.#failure;
  }
}
