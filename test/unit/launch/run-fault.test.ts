/** What ends a run or a worker, and what is one call's own. */
import { expect, test } from 'vitest';
import { PoolRefusal, PoolUnreachable } from '../../../src/broker/client/pool-errors.ts';
import { JournalBroken } from '../../../src/journal/journal-writer.ts';
import { isOfOneCall } from '../../../src/launch/run-fault.ts';

const refusal = (reason: 'malformed' | 'no-run') =>
  new PoolRefusal({ type: 'failed', seq: 1, reason, message: 'm' });

test.each([
  ['a call that cannot be written down', new RangeError('Maximum call stack size exceeded'), true],
  ['a call that the pool does not understand', refusal('malformed'), true],
  ['a run that the pool does not know any more', refusal('no-run'), false],
  ['a journal that cannot be written', new JournalBroken('full'), false],
  ['a pool that is gone', new PoolUnreachable('silent', 'gone'), false],
])('%s: of that call alone %s', (_what, error, isIts) => {
  expect(isOfOneCall(error)).toBe(isIts);
});
