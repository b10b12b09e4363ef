import { describe, expect, test } from 'vitest';
import {
  type Breaker,
  closedBy,
  probeAt,
  type Quota,
  setBack,
  tripped,
} from '../../../../src/pool/pacing/breaker.ts';

const MINUTE = 60_000;
const said = (breaker: Breaker, quota: Partial<Quota>, by: string, isProbe: boolean, now: number) =>
  tripped(breaker, { quota: { resetAt: null, message: 'm', ...quota }, by, isProbe, now });

describe('who waits tries again', () => {
  test('a little after the reset', () => {
    expect(probeAt(said(null, { resetAt: 60 * MINUTE }, 'a', false, 0))).toBe(60 * MINUTE + 5000);
  });

  test('and where that was no promise, after pauses that grow, for about a day', () => {
    let breaker = said(null, { resetAt: 60 * MINUTE }, 'a', false, 0);
    const at = 61 * MINUTE;
    breaker = said(breaker, { resetAt: 60 * MINUTE }, 'probe 1', true, at);
    expect(probeAt(breaker)).toBe(at + 10 * MINUTE);
    for (let n = 2; n <= 25; n += 1) breaker = said(breaker, {}, `probe ${n}`, true, at);
    expect(probeAt(breaker)).toBe(at + 60 * MINUTE);
    expect(probeAt(said(breaker, {}, 'probe 26', true, at))).toBeUndefined();
  });

  test('in no more than that pause, also where the time of day was set back', () => {
    const breaker = said(null, {}, 'a', false, 600 * MINUTE);
    expect(probeAt(setBack(breaker, MINUTE))).toBe(6 * MINUTE);
    expect(probeAt(setBack(breaker, 601 * MINUTE))).toBe(605 * MINUTE);
  });

  test('one that says the same twice has tried once', () => {
    let breaker = said(null, {}, 'a', false, 0);
    for (let n = 0; n < 3; n += 1) breaker = said(breaker, {}, 'probe', true, 0);
    expect(breaker.probes).toBe(1);
  });
});

test('one that ran before does not take the reset back that another has told', () => {
  const breaker = said(null, { resetAt: 7 }, 'a', false, 0);
  expect(said(breaker, {}, 'b', false, 0).quota.resetAt).toBe(7);
  expect(said(breaker, {}, 'probe', true, 0).quota.resetAt).toBeNull();
});

test('a probe that is served closes it, and the one that opened it, unless others said the same', () => {
  const breaker = said(null, {}, 'a', false, 0);
  expect(closedBy(breaker, 'probe', true)).toBe(true);
  expect(closedBy(breaker, 'a', false)).toBe(true);
  expect(closedBy(breaker, 'ran before', false)).toBe(false);
  expect(closedBy(said(breaker, {}, 'b', false, 0), 'a', false)).toBe(false);
});
