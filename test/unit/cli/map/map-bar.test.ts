import { describe, expect, test } from 'vitest';
import { barLine, type MapPosition, statusText } from '../../../../src/cli/map/map-bar.ts';
import { NO_ITEMS } from '../../../../src/workflow/map/item-counts.ts';

function position(over: Partial<MapPosition> = {}): MapPosition {
  return {
    counts: { ...NO_ITEMS, read: 10, replied: 4, failed: 1 },
    running: 5,
    costUsd: 0,
    elapsedMs: 50_000,
    takenBytes: 100,
    inputBytes: undefined,
    hasInputEnded: false,
    ...over,
  };
}

const BOTH = { bar: true, eta: true, columns: 100 };
const bar = (over: Partial<MapPosition>, style = BOTH) => barLine(position(over), style);

describe('the share that is through', () => {
  test('is not made up for a pipe whose end nobody knows', () => {
    expect(bar({})).toBe('5 running, 4 done, 1 failed, 50s');
  });

  test('is known once the input has ended', () => {
    expect(bar({ hasInputEnded: true })).toBe(
      '[############------------] 50%  5 running, 4 done, 1 failed, 50s  ETA 50s',
    );
  });

  test('is judged of a file by what its items took so far', () => {
    expect(bar({ inputBytes: 1000 })).toMatch(/^\[#-+\] 5% .* ETA 15m 50s$/);
  });

  test('waits for an end before it says how long', () => {
    expect(bar({ hasInputEnded: true, counts: { ...NO_ITEMS, read: 3 } })).toMatch(/ 0% .*ETA unknown$/);
  });

  test.each([
    [{ bar: false, eta: false, columns: 100 }, /^5 running, .*50s$/],
    [{ bar: true, eta: false, columns: 100 }, /^\[.*50s$/],
    [{ bar: true, eta: true, columns: 20 }, /^.{20}$/],
  ])('%j', (style, line) => {
    expect(bar({ hasInputEnded: true }, style)).toMatch(line);
  });
});

test('what it cost and what was there before', () => {
  const counts = { ...NO_ITEMS, read: 9, replied: 9, replayed: 1200 };
  expect(statusText(position({ counts, costUsd: 1.5, running: 0 }))).toBe(
    '0 running, 9 done, 1,200 replayed, 50s, $1.50',
  );
});
