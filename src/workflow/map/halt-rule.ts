/** When a map ends before its input does, in GNU parallel's terms: `soon` lets what runs finish, `now` stops it. */
import type { ItemCounts } from './item-counts.ts';

export interface HaltRule {
  readonly when: 'soon' | 'now';
  readonly what: 'fail' | 'success' | 'done';
  readonly limit: ItemLimit;
}

/** So many items, or so large a share of those that have ended. */
export type ItemLimit =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly percent: number };

/** A share of very few says nothing: GNU parallel waits for three as well. */
const LEAST_FOR_A_SHARE = 3;

export function isHalted({ what, limit }: HaltRule, counts: ItemCounts): boolean {
  const { failed, replied } = counts;
  const ended = failed + replied;
  const such = what === 'fail' ? failed : what === 'success' ? replied : ended;
  if (limit.kind === 'share' && such < LEAST_FOR_A_SHARE) return false;
  if (such === 0) return false;
  return limit.kind === 'count' ? such >= limit.count : (100 * such) / ended >= limit.percent;
}
