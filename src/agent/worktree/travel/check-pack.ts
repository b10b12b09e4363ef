/** Whether the other host will take a pack: asked before it is sent, for there nobody can mend it, and here nothing is lost yet. */
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { PackName } from '../../../wire/trees/travelling-tree.ts';
import { type GitPlace, git } from '../git.ts';
import { CHECKED_OBJECTS } from './guarded-git.ts';
import { borrow, cutHistory, initWords, type TreeBase } from './own-repository.ts';
import { readPack } from './pack-stream.ts';

/** Reads a pack from stdin, and takes nothing that is wrong with it. */
export const INDEX_PACK = ['index-pack', '--stdin', '--fix-thin', `--strict=${CHECKED_OBJECTS}`];

export interface PackToCheck {
  readonly file: string;
  readonly name: PackName;
  /** A commit of its kind; the history before it is not in the pack where `isShallow`. */
  readonly commit: string;
  readonly isShallow: boolean;
  /** What the other host has already. */
  readonly base: TreeBase | undefined;
}

/** Words of the problem, if any. `place.cwd`: a folder of ours alone that is not there yet, and is gone afterwards; its git reads no configuration. */
export async function packProblem(place: GitPlace, pack: PackToCheck): Promise<string | undefined> {
  const { file, name, commit, isShallow, base } = pack;
  const dir = place.cwd;
  try {
    const made = await git({ ...place, cwd: '/' }, [...initWords(commit), '--bare', dir]);
    if (!made.ok) return `git init said: ${made.message}`;
    if (base !== undefined) await borrow(base, dir);
    else if (isShallow) await cutHistory(dir, commit);
    const read = await readPack(place, INDEX_PACK, createReadStream(file), name);
    return read.ok ? undefined : read.message;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
