import { describe, expect, test } from 'vitest';
import {
  capped,
  howMany,
  newPace,
  opened,
  type Pace,
  refused,
  served,
} from '../../../../src/pool/pacing/pacer.ts';
import { trial } from '../../../support/pool/limited-api-trial.ts';

const full = (cap: number): Pace => {
  let pace = newPace(cap);
  while (howMany(pace) < cap) pace = opened(pace);
  return pace;
};

const refusal = (agent: string, over: Partial<Parameters<typeof refused>[1]> = {}) => ({
  retryAfterMs: 1000,
  agent,
  startedAt: 0,
  running: 16,
  ...over,
});

describe('where nothing is known of the API', () => {
  test('a few start at once, and step by step as many as there are slots', () => {
    const steps = [newPace(16)];
    for (let at = 0; at < 12; at += 1) steps.push(opened(steps[at] as Pace));
    expect(steps.map(howMany)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 16, 16]);
  });

  test('who is served makes room for one more', () => {
    expect(howMany(served(newPace(16), 1))).toBe(5);
    expect(howMany(served(newPace(2), 1))).toBe(2);
  });

  test('another cap counts at once', () => {
    expect(howMany(capped(newPace(1), 3))).toBe(3);
    expect(howMany(capped(full(16), 2))).toBe(2);
  });
});

describe('a refusal', () => {
  test('keeps everybody new away for as long as the API says', () => {
    const pace = refused(full(16), refusal('a', { retryAfterMs: 30_000 }), 100);
    expect(pace.openAt).toBe(30_100);
    expect(refused(pace, refusal('b', { retryAfterMs: 1000 }), 200).openAt).toBe(30_100);
  });

  test('without a word of how long, for twice as long each time in a row, up to a minute', () => {
    let pace = full(16);
    const pauses = Array.from({ length: 9 }, () => {
      pace = refused(pace, refusal('a', { retryAfterMs: null }), 0);
      return pace.openAt;
    });
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(refused(served(pace, 0), refusal('a', { retryAfterMs: null }), 60_000).openAt).toBe(60_500);
  });

  test('leaves fewer at once: a factor, or those of its crowd that were not refused', () => {
    let pace = refused(full(16), refusal('a'), 100);
    expect(howMany(pace)).toBe(13);
    for (const agent of ['b', 'c', 'd', 'e', 'b', 'c']) pace = refused(pace, refusal(agent), 110);
    expect(howMany(pace)).toBe(11);
  });

  test('of a whole crowd leaves a third of it', () => {
    let pace = full(15);
    for (let n = 0; n < 15; n += 1) pace = refused(pace, refusal(`${n}`, { running: 15 }), 100);
    expect(howMany(pace)).toBe(5);
  });

  test('of one that started since is news', () => {
    const pace = refused(full(16), refusal('a'), 100);
    expect(howMany(refused(pace, refusal('z', { startedAt: 200, running: 10 }), 300))).toBe(8);
  });

  test('never leaves less than one', () => {
    let pace = full(2);
    for (let at = 0; at < 9; at += 1)
      pace = refused(pace, refusal('a', { startedAt: at * 1e6, running: 1 }), at * 1e6);
    expect(howMany(pace)).toBe(1);
  });
});

describe('afterwards', () => {
  const grown = (pace: Pace, serves: number, everyMs: number): Pace => {
    let grows = pace;
    for (let n = 1; n <= serves; n += 1) grows = served(grows, pace.changedAt + n * everyMs);
    return grows;
  };

  test('there are more again, slowly where it last refused, and quickly beyond', () => {
    const pace = refused(full(16), refusal('a', { running: 6 }), 0);
    expect(howMany(pace)).toBe(5);
    expect(howMany(grown(pace, 60, 100))).toBe(5);
    expect(howMany(grown(pace, 90, 100))).toBe(6);
    expect(howMany(grown(pace, 400, 100))).toBe(16);
  });

  test('a quiet minute is worth one more, however few agents end in it', () => {
    const pace = refused(full(16), refusal('a', { running: 6 }), 0);
    expect(howMany(grown(pace, 3, 60_000))).toBe(8);
  });

  test('with all slots in use again nothing is remembered', () => {
    const pace = grown(refused(full(4), refusal('a', { running: 4 }), 0), 500, 100);
    expect(pace).toMatchObject({ window: 4, ceiling: null, refusals: 0 });
  });
});

/** Several seeds each: what holds is to hold always. */
describe('300 agents in 16 slots on an API that takes 5 requests at once and 600 a minute', () => {
  const api = { agents: 300, slots: 16, atOnce: 5, perMinute: 600, overheadMs: 300 };
  const seeds = Array.from({ length: 20 }, (_, n) => n + 1);

  test.each([
    [1000, 0.9],
    [null, 0.9],
    // While nobody may start, who ends leaves its place empty.
    [3000, 0.87],
  ])('that asks for a pause of %s ms', (retryAfterMs, rate) => {
    for (const seed of seeds) {
      const end = trial({ ...api, seed, requestMs: 5000, retryAfterMs });
      expect(end.failed, `seed ${seed}`).toBe(0);
      expect(end.requests / 300, `seed ${seed}`).toBeLessThanOrEqual(1.1);
      expect(end.idealMs / end.elapsedMs, `seed ${seed}`).toBeGreaterThanOrEqual(rate);
    }
  });

  test('as agents of several requests each', () => {
    for (const seed of seeds) {
      const end = trial({ ...api, agents: 100, requestsEach: 5, seed, requestMs: 5000, retryAfterMs: 1000 });
      expect(end.failed).toBe(0);
      expect(end.requests / 500, `seed ${seed}`).toBeLessThanOrEqual(1.1);
    }
  });

  test('without the pacer would cost twice the requests, and agents that give up', () => {
    const end = trial({ ...api, seed: 1, requestMs: 5000, retryAfterMs: 1000, paces: false });
    expect(end.requests / 300).toBeGreaterThan(2);
    expect(end.failed).toBeGreaterThan(0);
  });

  test('on one without limits, all slots are used', () => {
    const end = trial({
      ...api,
      atOnce: 100,
      perMinute: 60_000,
      seed: 1,
      requestMs: 5000,
      retryAfterMs: 1000,
    });
    expect(end.elapsedMs).toBeLessThan(1.05 * (300 / 16) * 5300 + 2000);
    expect(end.requests).toBe(300);
  });
});
