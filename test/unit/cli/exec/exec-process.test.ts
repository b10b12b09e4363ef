import { expect, test } from 'vitest';
import { isForegroundStat, startRecipe } from '../../../../src/cli/exec/exec-process.ts';

test.each([
  ['4242 (node) S 1 4242 4242 34816 4242 4194304', true],
  ['4242 (node) S 1 4242 4200 34816 4200 4194304', false],
  ['4242 (a (odd) name 7) S 1 4242 4200 34816 4242 0', true],
  ['4242 (node) S 1 4242 4242 0 -1 4194304', false],
])('%s: %s', (stat, isForeground) => {
  expect(isForegroundStat(stat)).toBe(isForeground);
});

test.each(['/usr', './bin'])('%j is a folder, and no chmod makes it a program', async (file) => {
  const { ended } = startRecipe([file], { cwd: '/usr', env: {}, ignored: [] });
  expect(await ended).toEqual({
    kind: 'not-started',
    code: 126,
    message: `${JSON.stringify(file)} is a folder, not a program`,
  });
});
