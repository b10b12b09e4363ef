/** A small model beside the session's own, for work that needs no context: it reads pages of the web. What it costs counts. */

import type { Clock } from '../../core/ports.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { apiRetryEvent, type EventStamp } from '../../wire/events/event-writer.ts';
import type { Model } from '../api/model.ts';
import { answerWithRetries } from '../api/retries.ts';
import type { Account } from '../models/account.ts';
import { unpricedMessage } from '../models/budget.ts';
import type { PageReader, PageReading } from '../tools/web/web-fetch.ts';

export interface SmallModelDeps {
  readonly model: () => Promise<Model>;
  /** Id. */
  readonly id: () => string;
  readonly account: Account;
  readonly maxBudgetUsd: number | undefined;
  readonly stamp: EventStamp;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: AgentEvent) => Promise<void>;
}

export class SmallModel implements PageReader {
  readonly #deps: SmallModelDeps;
  /** The end of the question before. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(deps: SmallModelDeps) {
    this.#deps = deps;
  }

  /** Under a budget one question is asked after the other: ten at once could each be the one that crosses it. */
  async read(question: string, signal: AbortSignal): Promise<PageReading> {
    if (this.#deps.maxBudgetUsd === undefined) return await this.#ask(question, signal);
    const asked = this.#before.then(async () => this.#refusal() ?? (await this.#ask(question, signal)));
    this.#before = asked.catch(() => {});
    return await asked;
  }

  #refusal(): PageReading | undefined {
    const { account, maxBudgetUsd } = this.#deps;
    const id = this.#deps.id();
    if (maxBudgetUsd === undefined) return undefined;
    if (!account.hasPriceOf(id)) return { kind: 'failure', why: unpricedMessage(id, maxBudgetUsd) };
    return account.hasSpent(maxBudgetUsd)
      ? { kind: 'failure', why: `it was not asked, since the budget of $${maxBudgetUsd} is spent` }
      : undefined;
  }

  async #ask(question: string, signal: AbortSignal): Promise<PageReading> {
    const { model, account, maxBudgetUsd, clock, random, stamp, emit } = this.#deps;
    const id = this.#deps.id();
    const askedMs = clock.monotonicMs();
    try {
      const answer = await answerWithRetries(
        await model(),
        {
          model: id,
          system: '',
          messages: [{ role: 'user', content: [{ type: 'text', text: question }] }],
          tools: [],
          effort: undefined,
        },
        {
          clock,
          random,
          announce: async (retry) => await emit(apiRetryEvent(stamp, retry)),
          onFailure: ({ usage }) => usage && account.addAside(id, usage),
          mayGoOn: () => !account.hasSpent(maxBudgetUsd),
        },
        signal,
      );
      if (answer.kind === 'failure') return { kind: 'failure', why: answer.message };
      account.addAside(answer.model, answer.usage);
      const texts = answer.blocks.map(({ text }) => (typeof text === 'string' ? text : ''));
      const text = texts.join('').trim();
      return text === '' ? { kind: 'failure', why: 'it said nothing' } : { kind: 'answer', text };
    } finally {
      account.addApiTime(clock.monotonicMs() - askedMs);
    }
  }
}
