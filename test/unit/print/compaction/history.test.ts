import { expect, test } from 'vitest';
import { History } from '../../../../src/print/compaction/history.ts';

const NOTHING = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

test('a conversation is as long as the API counted it, or as it looks where that was not counted', () => {
  const history = new History([{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(4000) }] }]);
  const estimate = history.tokens;
  expect(estimate).toBeGreaterThan(1000);
  history.addReply(undefined, { usage: { ...NOTHING, input: 500, output: 5 } } as never);
  expect(history.tokens).toBe(505);
  history.addReply(undefined, { usage: { ...NOTHING, isUncounted: true } } as never);
  expect(history.tokens).toBe(estimate);
});
