import { expect, test } from 'vitest';
import { isForegroundStat } from '../../../../src/cli/exec/exec-process.ts';

test.each([
  ['4242 (node) S 1 4242 4242 34816 4242 4194304', true],
  ['4242 (node) S 1 4242 4200 34816 4200 4194304', false],
  ['4242 (a (odd) name 7) S 1 4242 4200 34816 4242 0', true],
  ['4242 (node) S 1 4242 4242 0 -1 4194304', false],
])('%s: %s', (stat, isForeground) => {
  expect(isForegroundStat(stat)).toBe(isForeground);
});
