/**
 * Of which checkout a working tree is a linked one (`git worktree add`): what a person keeps there in no commit counts for
 * the linked ones too. A `.git` file is anybody's text, so it is believed only where the repository itself names the tree.
 */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { smallTextIn } from './small-file.ts';

/** A path in each; git writes no longer ones. */
const MAX_BYTES = 16 * 1024;

/** `root` is that of a working tree. Returns the root of the repository's own checkout; `undefined` where `root` is not linked to one. */
export async function mainCheckout(root: string): Promise<string | undefined> {
  try {
    const link = path.join(root, '.git');
    const named = /^gitdir: (.+?)\s*$/.exec(smallTextIn(link, MAX_BYTES) ?? '')?.[1];
    if (named === undefined) return undefined;
    const entry = await realpath(path.resolve(root, named));
    const common = await realpath(path.resolve(entry, lineIn(path.join(entry, 'commondir'))));
    const back = await realpath(path.resolve(entry, lineIn(path.join(entry, 'gitdir'))));
    const isListed = path.dirname(entry) === path.join(common, 'worktrees');
    const isOurs = isListed && back === (await realpath(link));
    // A bare repository has no checkout of its own.
    return isOurs && path.basename(common) === '.git' ? path.dirname(common) : undefined;
  } catch (error) {
    // A folder in its place is the usual case; what cannot be read names nothing.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** Empty where there is none, or what stands there is no file: it then names the folder itself, which is no checkout's. */
function lineIn(file: string): string {
  return smallTextIn(file, MAX_BYTES)?.trim() ?? '';
}
