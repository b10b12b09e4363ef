/** Which tools, and how often: a thousand agents denied the same one are one fact. */
import { timesText } from '../text/figures.ts';
import { safeLine } from '../text/safe-text.ts';

export function countTools(names: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** `Bash × 2, WebFetch × 1`, most often first; empty for none. */
export function toolCountsText(counts: ReadonlyMap<string, number>): string {
  const mostFirst = [...counts].sort(([, a], [, b]) => b - a);
  return mostFirst.map(([name, count]) => `${safeLine(name)} ${timesText(count)}`).join(', ');
}
