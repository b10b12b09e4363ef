/**
 * The commits that runs started from, on a host that works for them: each once, read by any number of agents' repositories, and
 * written by nobody but this. What is there under its name was checked; half of one is never seen, whoever is killed.
 */
import { mkdtemp, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../../core/ports.ts';
import type { Environment } from '../../../core/program.ts';
import { makeInnerFolder } from '../../../wire/files/make-folders.ts';
import type { TravellingTree, TreePack, TreeRemote } from '../../../wire/trees/travelling-tree.ts';
import { type GitPlace, type GitResult, git } from '../git.ts';
import { INDEX_PACK } from './check-pack.ts';
import { CHECKED_OBJECTS, fetchingEnvironment, guardedEnvironment } from './guarded-git.ts';
import { cutHistory, initWords, type TreeBase } from './own-repository.ts';
import { readPack } from './pack-stream.ts';
import { removeOlder } from './remove-older.ts';

export type BaseFound =
  | { readonly kind: 'found'; readonly base: TreeBase }
  | { readonly kind: 'failed'; readonly message: string };

/** Brings the pack of that name, from its beginning. */
export type BringPack = (pack: TreePack) => AsyncIterable<Uint8Array>;

export interface TreeBasesOptions {
  /** Ours alone; made if need be. Several workers of one user may share it. */
  readonly dir: string;
  readonly env: Environment;
  readonly uid: number;
  readonly clock: Pick<Clock, 'now'>;
  /** What git may fetch by, joined by `:`. */
  readonly protocols?: string;
  /** Of all files of a tree together, once written. */
  readonly maxTreeBytes?: number;
}

const BY_DEFAULT = { protocols: 'https:ssh', maxTreeBytes: 16 * 1024 ** 3 };

export class TreeBases {
  readonly #options: Required<TreeBasesOptions>;
  readonly #guarded: Environment;
  /** Of this process: what two calls want at once comes once. */
  readonly #coming = new Map<string, Promise<BaseFound>>();

  constructor(options: TreeBasesOptions) {
    this.#options = { ...BY_DEFAULT, ...options };
    this.#guarded = guardedEnvironment(options.env);
  }

  /** `tree`: as it came, checked. `bring` is asked only for what is not there. */
  async find(tree: TravellingTree, bring: BringPack): Promise<BaseFound> {
    const isShallow = tree.source.kind === 'remote' || tree.source.history === 'none';
    const name = `${tree.commit}-${isShallow ? 'alone' : 'whole'}`;
    const coming = this.#coming.get(name);
    if (coming !== undefined) return await coming;
    const found = this.#findOrFetch(name, { ...tree, isShallow }, bring).catch(
      (error: Error): BaseFound => ({ kind: 'failed', message: `${this.#options.dir}: ${error.message}` }),
    );
    this.#coming.set(name, found);
    try {
      return await found;
    } finally {
      this.#coming.delete(name);
    }
  }

  /** Removes what no call has begun with since `usedBefore`, in milliseconds, save those in `inUse`. */
  async removeUnused(usedBefore: number, inUse: ReadonlySet<string>): Promise<void> {
    await removeOlder(this.#options.dir, usedBefore, (place) => inUse.has(objectsIn(place)));
  }

  async #findOrFetch(name: string, wanted: Wanted, bring: BringPack): Promise<BaseFound> {
    const { dir, uid } = this.#options;
    makeInnerFolder(dir, uid);
    const place = path.join(dir, name);
    const base = { commit: wanted.commit, objectsDir: objectsIn(place), isShallow: wanted.isShallow };
    if (await this.#isThere(place)) return { kind: 'found', base };
    const draft = await mkdtemp(path.join(dir, '.coming-'));
    try {
      const problem = await this.#fetchInto(draft, wanted, bring);
      if (problem !== undefined) return { kind: 'failed', message: problem };
      // Where another process was first, it is with the same.
      const renamed = await rename(draft, place).catch((error: Error) => error);
      if (!(await this.#isThere(place))) throw renamed;
      return { kind: 'found', base };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  /** And if so, it was used now. */
  async #isThere(dir: string): Promise<boolean> {
    const seconds = this.#options.clock.now() / 1_000;
    return await utimes(dir, seconds, seconds).then(
      () => true,
      () => false,
    );
  }

  /** Words of a problem, if any. */
  async #fetchInto(draft: string, wanted: Wanted, bring: BringPack): Promise<string | undefined> {
    const { commit, source, isShallow } = wanted;
    const place = { cwd: draft, env: this.#guarded };
    const made = await git(place, [...initWords(commit), '--bare']);
    if (!made.ok) return `git init said: ${made.message}`;
    if (source.kind === 'remote') {
      const fetched = await this.#fetchFrom(source, commit, draft);
      if (!fetched.ok) return `commit ${commit} could not be fetched from ${source.url}: ${fetched.message}`;
    } else {
      if (isShallow) await cutHistory(draft, commit);
      const read = await readPack(place, INDEX_PACK, bring(source), source);
      if (!read.ok) return `the files of the run did not come whole: ${read.message}`;
    }
    return await this.#problemOf(place, commit);
  }

  async #fetchFrom({ url }: TreeRemote, commit: string, draft: string): Promise<GitResult> {
    const { env, protocols } = this.#options;
    const place = { cwd: draft, env: fetchingEnvironment(env, protocols), timeoutMs: FETCHING_MS };
    return await git(place, [...FETCH, '--', url, commit]);
  }

  /** Of what came: whether all of the commit is there, and how much it would be as files. */
  async #problemOf(place: GitPlace, commit: string): Promise<string | undefined> {
    const whole = await git(place, ['rev-list', '--objects', '--quiet', `${commit}^{commit}`]);
    if (!whole.ok) return `commit ${commit} did not come whole: ${whole.message}`;
    const listed = await git(place, ['ls-tree', '-r', '-l', '--full-tree', '-z', commit]);
    if (!listed.ok) return `the files of commit ${commit} cannot be listed: ${listed.message}`;
    const { maxTreeBytes } = this.#options;
    const bytes = listed.stdout.split('\0').reduce((sum, entry) => sum + fileBytes(entry), 0);
    if (bytes <= maxTreeBytes) return undefined;
    return `the files of commit ${commit} are ${bytes} bytes, and this host takes ${maxTreeBytes}`;
  }
}

interface Wanted extends TravellingTree {
  readonly isShallow: boolean;
}

const FETCHING_MS = 30 * 60_000;
const FETCH = [
  ...['-c', 'fetch.fsckObjects=true', '-c', 'protocol.version=2'],
  ...CHECKED_OBJECTS.split(',').flatMap((setting) => ['-c', `fetch.fsck.${setting}`]),
  ...['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'],
  ...['--no-auto-maintenance'],
];

function objectsIn(repository: string): string {
  return path.join(repository, 'objects');
}

/** `mode type id size\tname`; a submodule has `-` for its size. */
function fileBytes(entry: string): number {
  const size = entry.slice(0, Math.max(0, entry.indexOf('\t'))).split(/ +/)[3];
  return size === undefined || size === '-' ? 0 : Number(size);
}
