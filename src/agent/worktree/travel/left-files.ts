/** The files an agent left in its tree, as a git tree of our own repository. Ignored ones do not count: caches and builds. */
import { copyFile, lstat } from 'node:fs/promises';
import path from 'node:path';
import { type GitPlace, git, said } from '../git.ts';

export interface LeftFiles {
  /** `undefined`: the agent removed the whole of its folder. */
  readonly tree: string | undefined;
  /** Folders that are repositories themselves, and in no commit of this one as they are now. */
  readonly nested: readonly string[];
}

export interface LeftFilesWish {
  readonly root: string;
  /** The agent's: with it, only what changed has to be read. */
  readonly index: string;
  /** A bare repository that nobody else writes. */
  readonly own: GitPlace;
  readonly head: string;
  /** Of the pack they are to go into. */
  readonly maxBytes: number;
}

/** Throws an error that says what git said, or that it is too much. */
export async function leftFiles(wish: LeftFilesWish): Promise<LeftFiles> {
  const { root, index, own, head, maxBytes } = wish;
  const isFolder = await lstat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return { tree: undefined, nested: [] };
  const ownIndex = path.join(own.cwd, 'index');
  const at = { GIT_DIR: own.cwd, GIT_WORK_TREE: root, GIT_INDEX_FILE: ownIndex };
  const inTree = (words: readonly string[], input?: string) => git({ ...own, cwd: root }, words, at, input);
  await copyIndex(index, ownIndex);
  let listed = await inTree(CHANGED);
  if (!listed.ok) {
    // An index that is spread over several files, or none: one that is made anew has every file read.
    said(await inTree(['read-tree', head]));
    listed = await inTree(CHANGED);
  }
  const changed = said(listed)
    .split('\0')
    .filter((name) => name !== '');
  const { nested, bytes } = await look(root, changed);
  if (bytes > UNPACKED_FACTOR * maxBytes) {
    const mib = Math.floor(bytes / 1024 / 1024);
    throw new Error(`the agent left ${mib} MiB in files that no commit has, which is too much to send`);
  }
  if (changed.length > nested.length) said(await inTree(ADD, pathspecs(nested)));
  return { tree: said(await inTree(['write-tree'])), nested };
}

/** Before they are read and packed, which takes long for what is too much anyway. */
const UNPACKED_FACTOR = 16;

const CHANGED = ['ls-files', '--modified', '--others', '--exclude-standard', '-z'];
const ADD = ['add', '--all', '--pathspec-from-file=-', '--pathspec-file-nul'];

/** Everything but the repositories inside: git would note a commit of theirs that nobody else has. */
function pathspecs(nested: readonly string[]): string {
  return ['.', ...nested.map((folder) => `:(top,exclude,literal)${folder}`)]
    .map((spec) => `${spec}\0`)
    .join('');
}

async function copyIndex(from: string, to: string): Promise<void> {
  const found = await lstat(from).catch(() => undefined);
  if (found?.isFile() === true) await copyFile(from, to);
}

async function look(root: string, changed: readonly string[]) {
  const nested = new Set<string>();
  let bytes = 0;
  for (const name of new Set(changed)) {
    const found = await lstat(path.join(root, name)).catch(() => undefined);
    if (found === undefined) continue;
    if (!found.isDirectory()) bytes += found.size;
    else if (await isRepository(path.join(root, name))) nested.add(name.replace(/\/$/, ''));
  }
  return { nested: [...nested], bytes };
}

async function isRepository(dir: string): Promise<boolean> {
  return (await lstat(path.join(dir, '.git')).catch(() => undefined)) !== undefined;
}
