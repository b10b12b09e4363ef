/** A small model beside the session's own, for work that needs no context: it reads pages of the web. What it costs counts. */

import type { Clock } from '../../core/ports.ts';
import type { Environment } from '../../core/program.ts';
import type { AgentEvent } from '../../wire/event.ts';
import { apiRetryEvent, type EventStamp } from '../../wire/event-writer.ts';
import type { Model } from '../api/model.ts';
import { answerWithRetries } from '../api/retries.ts';
import * as environment from '../environment.ts';
import { setting } from '../environment.ts';
import type { Account } from '../models/account.ts';
import { modelIdOf } from '../models/model-names.ts';
import type { PageReader, PageReading } from '../tools/web-fetch.ts';

export interface SmallModelDeps {
  readonly model: () => Promise<Model>;
  /** Id. */
  readonly id: () => string;
  readonly account: Account;
  readonly stamp: EventStamp;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: AgentEvent) => Promise<void>;
}

export class SmallModel implements PageReader {
  readonly #deps: SmallModelDeps;

  constructor(deps: SmallModelDeps) {
    this.#deps = deps;
  }

  async read(question: string, signal: AbortSignal): Promise<PageReading> {
    const { model, account, clock, random, stamp, emit } = this.#deps;
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

/** Measured: a gateway that stands in for the API may know no other model than the session's. */
export function smallModelId(env: Environment, sessionModel: string): string {
  const named =
    setting(env, environment.ANTHROPIC_SMALL_FAST_MODEL) ??
    setting(env, environment.ANTHROPIC_DEFAULT_HAIKU_MODEL);
  if (named !== undefined) return modelIdOf(named, env);
  const baseUrl = setting(env, environment.ANTHROPIC_BASE_URL);
  const isOriginal = baseUrl === undefined || hostOf(baseUrl) === 'api.anthropic.com';
  return isOriginal ? modelIdOf('haiku', env) : sessionModel;
}

function hostOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}
