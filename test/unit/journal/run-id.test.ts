import { expect, test } from 'vitest';
import { newRunId } from '../../../src/journal/run-folder.ts';

test('ids sort by time, also within one second and whatever chance adds', () => {
  const second = Date.UTC(2026, 10, 22, 15, 10, 23);
  const ids = [0, 1, 35, 36, 999, 1000].map((ms, n) => newRunId(second + ms, () => (5 - n) / 6));
  expect(ids).toEqual(ids.toSorted());
  expect(ids[0]).toMatch(/^20261122-151023-00\w{4}$/);
});
