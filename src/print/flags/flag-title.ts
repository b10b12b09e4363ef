/** How a flag is named to people: all its spellings, the shortest first, and what it takes. */
import type { Flag } from './flag-table.ts';

/** As messages and help name it: `-p, --print`, `--model <model>`. */
export function titleOf({ names, placeholder }: Flag): string {
  const sorted = [...names].sort((a, b) => a.length - b.length || (a < b ? 1 : -1));
  const shown = names.some((name) => !name.startsWith('--')) ? sorted : names;
  return [shown.join(', '), placeholder].filter((part) => part !== undefined).join(' ');
}
