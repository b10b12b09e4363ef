/** Whether a map that came to its end is a failure: by its items, of which one that was tried again counts once; what else is counted are calls. */
import type { RunResult } from '../../core/run.ts';
import type { ItemCounts } from '../../workflow/map/item-counts.ts';
import { failOnOf, isFailure } from '../fail-on.ts';

/** `failOn`: as it was typed, or recorded; unless it is said, one item that failed is enough. */
export function haveItemsFailed(
  { calls }: Pick<RunResult, 'calls'>,
  { replied, failed, skipped }: Pick<ItemCounts, 'replied' | 'failed' | 'skipped'>,
  failOn = '1',
): boolean {
  return isFailure(failOnOf(failOn), { ...calls, done: replied, failed, skipped, replayed: 0 });
}
