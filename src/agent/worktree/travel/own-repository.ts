/** Repositories of our own: of a commit's kind, with no template, and with the objects that they borrow from where it came to. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What others borrow. */
export interface TreeBase {
  readonly commit: string;
  readonly objectsDir: string;
  /** The commits before it are not there. */
  readonly isShallow: boolean;
}

/** Before words of one's own; the repository is to hold `commit`. */
export function initWords(commit: string): string[] {
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  return ['init', '--quiet', '--template=', `--object-format=${format}`];
}

/** Below a git folder. */
export const ALTERNATES = 'objects/info/alternates';

export async function borrow(base: TreeBase, gitDir: string, more: readonly string[] = []): Promise<void> {
  const lines = [base.objectsDir, ...more];
  await writeFile(path.join(gitDir, ALTERNATES), lines.map((line) => `${line}\n`).join(''));
  if (base.isShallow) await cutHistory(gitDir, base.commit);
}

/** The commits before it are not there, and not looked for. */
export async function cutHistory(gitDir: string, commit: string): Promise<void> {
  await writeFile(path.join(gitDir, 'shallow'), `${commit}\n`);
}
