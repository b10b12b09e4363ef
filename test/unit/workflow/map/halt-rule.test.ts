import { expect, test } from 'vitest';
import { type HaltRule, isHalted } from '../../../../src/workflow/map/halt-rule.ts';
import { NO_ITEMS } from '../../../../src/workflow/map/item-counts.ts';

const rule = (what: HaltRule['what'], text: string): HaltRule => {
  const value = Number.parseFloat(text);
  const limit = text.endsWith('%')
    ? ({ kind: 'share', percent: value } as const)
    : ({ kind: 'count', count: value } as const);
  return { when: 'soon', what, limit };
};

test.each([
  ['fail', '2', { failed: 1, replied: 9 }, false],
  ['fail', '2', { failed: 2, replied: 0 }, true],
  ['success', '1', { failed: 5, replied: 0 }, false],
  ['success', '1', { failed: 5, replied: 1 }, true],
  ['done', '3', { failed: 1, replied: 1 }, false],
  ['done', '3', { failed: 1, replied: 2 }, true],
  ['fail', '10%', { failed: 2, replied: 0 }, false],
  ['fail', '10%', { failed: 3, replied: 27 }, true],
  ['fail', '10%', { failed: 3, replied: 28 }, false],
] as const)('%s=%s after %o: %o', (what, limit, counts, halted) => {
  expect(isHalted(rule(what, limit), { ...NO_ITEMS, ...counts })).toBe(halted);
});
