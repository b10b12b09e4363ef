/** A pool against a model API with limits, in virtual time: the real pacer, agents that retry as `andwait-print` does, no process. */
import {
  howMany,
  newPace,
  OPENING_MS,
  opened,
  type Pace,
  refused,
  served,
} from '../../../src/pool/pacing/pacer.ts';
import { seeded } from '../seeded.ts';

export interface Trial {
  readonly seed: number;
  readonly agents: number;
  readonly slots: number;
  /** Of the API. */
  readonly atOnce: number;
  readonly perMinute: number;
  /** Of a minute's requests, so many at once. */
  readonly burst?: number;
  readonly requestMs: number;
  /** Before and after an agent's request. */
  readonly overheadMs: number;
  readonly retryAfterMs: number | null;
  readonly requestsEach?: number;
  /** Without it each agent is let in as long as there is a slot. */
  readonly paces?: boolean;
}

export interface TrialEnd {
  readonly requests: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** What the limits allow, had every agent been there at once. */
  readonly idealMs: number;
  readonly smallest: number;
}

interface Agent {
  readonly name: string;
  readonly startedAt: number;
  attempt: number;
  left: number;
}

const MAX_RETRIES = 10;

export function trial(wish: Trial): TrialEnd {
  const { agents, slots, atOnce, perMinute, requestMs, overheadMs, retryAfterMs, requestsEach = 1 } = wish;
  const random = seeded(wish.seed);
  const about = (ms: number): number => ms * (0.8 + 0.4 * random());
  const events: { at: number; n: number; run: () => void }[] = [];
  let [now, n, waiting, running, active, requests, failed, smallest] = [0, 0, agents, 0, 0, 0, 0, slots];
  const { burst = perMinute } = wish;
  let tokens = burst;
  let tokensAt = 0;
  let pace: Pace = newPace(slots);
  let isOpening = false;
  const after = (ms: number, run: () => void): void => void events.push({ at: now + ms, n: n++, run });

  const start = (): void => {
    const limit = wish.paces === false ? slots : howMany(pace);
    smallest = Math.min(smallest, limit);
    if (waiting === 0) return;
    if (running >= limit) {
      if (!pace.isOpening || isOpening || limit >= slots) return;
      isOpening = true;
      after(OPENING_MS, () => {
        isOpening = false;
        pace = opened(pace);
        start();
      });
      return;
    }
    if (wish.paces !== false && now < pace.openAt) {
      after(pace.openAt - now, start);
      return;
    }
    waiting -= 1;
    running += 1;
    const agent: Agent = { name: String(waiting), startedAt: now, attempt: 0, left: requestsEach };
    after(about(overheadMs * 0.8), () => ask(agent));
    start();
  };
  const end = (): void => {
    running -= 1;
    start();
  };
  const ask = (agent: Agent): void => {
    requests += 1;
    tokens = Math.min(burst, tokens + ((now - tokensAt) * perMinute) / 60_000);
    tokensAt = now;
    if (active < atOnce && tokens >= 1) {
      tokens -= 1;
      active += 1;
      after(about(requestMs), () => {
        active -= 1;
        agent.attempt = 0;
        agent.left -= 1;
        if (agent.left > 0) return after(about(overheadMs * 0.2), () => ask(agent));
        pace = served(pace, now);
        after(about(overheadMs * 0.2), end);
      });
      return;
    }
    agent.attempt += 1;
    if (agent.attempt > MAX_RETRIES) {
      failed += 1;
      end();
      return;
    }
    const backoffMs = Math.min(500 * 2 ** (agent.attempt - 1), 32_000);
    const delayMs = Math.max(backoffMs, retryAfterMs ?? 0) * (1 + 0.25 * random());
    pace = refused(
      pace,
      { retryAfterMs: delayMs, agent: agent.name, startedAt: agent.startedAt, running },
      now,
    );
    after(delayMs, () => ask(agent));
  };

  start();
  while (events.length > 0) {
    events.sort((a, b) => a.at - b.at || a.n - b.n);
    const next = events.shift();
    if (next === undefined) break;
    now = next.at;
    next.run();
  }
  const all = agents * requestsEach;
  const idealMs = Math.max((all * requestMs) / atOnce, ((all - burst) * 60_000) / perMinute);
  return { requests, failed, elapsedMs: now, idealMs, smallest };
}
