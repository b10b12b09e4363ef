/** Whether a tree has changes, and how they are told to people: never by a program that the repository names. */
import type { GitResult } from './git.ts';

/** A line each. Ignored files do not count: they are caches and builds. */
export const STATUS = ['status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=none'];
export const DIFF_STAT = ['diff', '--stat', '--no-color', '--no-ext-diff', '--no-textconv'];

export function statText(result: GitResult): string {
  return result.ok ? result.stdout : `the changes could not be read: ${result.message}`;
}
