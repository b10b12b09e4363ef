/** How changes are told to people: `git diff --stat`, never by a program that the repository names. */
import type { GitResult } from './git.ts';

export const DIFF_STAT = ['diff', '--stat', '--no-color', '--no-ext-diff', '--no-textconv'];

export function statText(result: GitResult): string {
  return result.ok ? result.stdout : `the changes could not be read: ${result.message}`;
}
