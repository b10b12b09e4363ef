/** Which of our flags was meant by one that is none. */
import { FLAGS } from './flag-table.ts';
import { nearestNames } from './nearest-names.ts';

const DASHES = '--';

export function nearestFlags(typed: string): string[] {
  if (!typed.startsWith(DASHES)) return [];
  const long = FLAGS.flatMap((flag) => flag.names).filter((name) => name.startsWith(DASHES));
  const names = long.map((name) => name.slice(DASHES.length));
  return nearestNames(typed.slice(DASHES.length), names).map((name) => `${DASHES}${name}`);
}
