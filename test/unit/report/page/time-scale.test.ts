import { describe, expect, test } from 'vitest';
import { countsAtOnce, timeScale } from '../../../../src/report/page/time-scale.ts';

const HOUR_MS = 3_600_000;

describe('a scale', () => {
  test('of work without long rests is even', () => {
    const scale = timeScale([
      { from: 100, to: 150 },
      { from: 140, to: 190 },
      { from: 195, to: 200 },
    ]);
    expect([100, 125, 150, 200].map(scale.place)).toEqual([0, 0.25, 0.5, 1]);
    expect(scale).toMatchObject({ rests: [], shownMs: 100 });
  });

  test('draws the night between two attempts short', () => {
    const scale = timeScale([
      { from: 0, to: 1_000 },
      { from: 20 * HOUR_MS, to: 20 * HOUR_MS + 1_000 },
    ]);
    expect(scale.rests).toHaveLength(1);
    expect(scale.rests[0]?.at).toBeCloseTo(0.5);
    expect(scale.rests[0]?.ms).toBe(20 * HOUR_MS - 1_000);
    expect(scale.shownMs).toBe(2_000);
    expect(scale.place(1_000)).toBeGreaterThan(0.48);
    expect(scale.place(20 * HOUR_MS)).toBeLessThan(0.52);
  });

  test('keeps what is outside at its ends', () => {
    const scale = timeScale([{ from: 10, to: 20 }]);
    expect([scale.place(-5), scale.place(99)]).toEqual([0, 1]);
  });

  test.each([[[]], [[{ from: 5, to: 5 }]]])('of no time is one all the same: %j', (spans) => {
    expect(timeScale(spans).place(5)).toBeGreaterThanOrEqual(0);
    expect(timeScale(spans).place(5)).toBeLessThanOrEqual(1);
  });
});

describe('how many at once', () => {
  const counts = (...spans: { from: number; to: number }[]) => countsAtOnce(spans, timeScale(spans), 10);

  test('is the most in each part', () => {
    expect(counts({ from: 0, to: 100 }, { from: 25, to: 45 })).toEqual([1, 1, 2, 2, 2, 1, 1, 1, 1, 1]);
  });

  test('does not count twice a slot that one leaves to the next', () => {
    expect(Math.max(...counts({ from: 0, to: 50 }, { from: 50, to: 100 }))).toBe(1);
  });

  test('counts calls that took no time, once', () => {
    expect(counts({ from: 0, to: 0 }, { from: 0, to: 0 }, { from: 50, to: 100 }).at(-1)).toBe(1);
  });
});
