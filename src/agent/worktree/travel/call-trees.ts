/**
 * The working trees of agents that work here for a run elsewhere. Each is a repository of its own that borrows the run's commit:
 * unlike linked worktrees they share no refs, no configuration and no lock, so that no agent reaches into another's, any number
 * are made at once, and what a kill leaves behind hinders nobody.
 */
import { lstat, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../../core/program.ts';
import { makeFolders, makeInnerFolder } from '../../../wire/files/make-folders.ts';
import type { ProcessMark } from '../../../wire/pool/pool-message.ts';
import { isPlainName } from '../../../wire/trees/travelling-tree.ts';
import { callBranch, callName } from '../call-branch.ts';
import { git } from '../git.ts';
import { guardedEnvironment } from './guarded-git.ts';
import { ALTERNATES, borrow, initWords, type TreeBase } from './own-repository.ts';

export interface CallTree {
  /** Ours alone: all of this call's. */
  readonly dir: string;
  /** Of the working tree. */
  readonly root: string;
  /** Where the agent works: the folder in it that stands for the run's own. */
  readonly cwd: string;
  /** The agent may write there, so nothing of ours runs by its configuration. */
  readonly gitDir: string;
  readonly branch: string;
  readonly base: TreeBase;
}

export type CallTreeMade =
  | { readonly kind: 'made'; readonly tree: CallTree }
  | { readonly kind: 'failed'; readonly message: string };

export interface CallTreesOptions {
  /** Ours alone; made if need be. Workers of one user may share it, on several hosts too. */
  readonly dir: string;
  readonly env: Environment;
  readonly uid: number;
  /** This host, and this very process on it. */
  readonly host: string;
  readonly mark: ProcessMark;
}

export interface CallTreeWish {
  readonly base: TreeBase;
  /** As it came, checked. */
  readonly prefix: string;
  readonly runId: string;
  readonly callId: number;
}

export class CallTrees {
  readonly #options: CallTreesOptions;
  readonly #guarded: Environment;
  readonly #ownDir: string;

  constructor(options: CallTreesOptions) {
    this.#options = options;
    this.#guarded = guardedEnvironment(options.env);
    this.#ownDir = path.join(options.dir, ownerName(options.host, options.mark));
  }

  /** Each time in a new folder: an earlier attempt of the call may still be dying in its own. */
  async make(wish: CallTreeWish): Promise<CallTreeMade> {
    if (!isPlainName(wish.runId)) return failed(`${JSON.stringify(wish.runId)} is no run's id`);
    try {
      makeInnerFolder(this.#options.dir, this.#options.uid);
      makeInnerFolder(this.#ownDir, this.#options.uid);
      const dir = await mkdtemp(path.join(this.#ownDir, `${wish.runId}-${wish.callId}-`));
      const made = await this.#makeIn(dir, wish);
      if (made.kind === 'failed') await remove(dir);
      return made;
    } catch (error) {
      return failed(`${this.#ownDir}: ${(error as Error).message}`);
    }
  }

  async remove(tree: CallTree): Promise<void> {
    await remove(tree.dir);
  }

  /** Where trees are whose edits could not be sent, of all workers that share the folder. */
  get keptDir(): string {
    return path.join(this.#options.dir, KEPT);
  }

  /** For a person to look at; no sweep removes it. Where it is by then. */
  async keep(tree: CallTree): Promise<string> {
    makeInnerFolder(this.keptDir, this.#options.uid);
    const place = path.join(this.keptDir, path.basename(tree.dir));
    await rename(tree.dir, place);
    // The working tree names its repository by its path.
    await writeFile(path.join(place, TREE, '.git'), `gitdir: ${path.join(place, GIT_DIR)}\n`).catch(() => {});
    return path.join(place, TREE);
  }

  /** Removes what processes of this host left that are gone. `isAlive`: of a process of this host. */
  async sweep(isAlive: (mark: ProcessMark) => boolean): Promise<void> {
    for (const name of await readdir(this.#options.dir).catch(() => [])) {
      const mark = markIn(name, this.#options.host);
      if (mark !== undefined && !isAlive(mark)) await remove(path.join(this.#options.dir, name));
    }
  }

  /** Object folders that trees borrow from, of all owners and those kept. */
  async basesInUse(): Promise<ReadonlySet<string>> {
    const borrowed = new Set<string>();
    for (const owner of await readdir(this.#options.dir).catch(() => [])) {
      for (const call of await readdir(path.join(this.#options.dir, owner)).catch(() => [])) {
        const file = path.join(this.#options.dir, owner, call, GIT_DIR, ALTERNATES);
        for (const line of (await readFile(file, 'utf8').catch(() => '')).split('\n')) borrowed.add(line);
      }
    }
    return borrowed;
  }

  async #makeIn(dir: string, { base, prefix, runId, callId }: CallTreeWish): Promise<CallTreeMade> {
    const root = path.join(dir, TREE);
    const gitDir = path.join(dir, GIT_DIR);
    const branch = callBranch(runId, callName(callId, 1));
    const made = await git({ cwd: dir, env: this.#guarded }, [
      ...initWords(base.commit),
      ...[`--separate-git-dir=${gitDir}`, `--initial-branch=${branch}`, root],
    ]);
    if (!made.ok) return failed(`git init said: ${made.message}`);
    await borrow(base, gitDir);
    const place = { cwd: root, env: this.#guarded };
    const written = await git(place, ['reset', '--quiet', '--hard', base.commit]);
    if (!written.ok)
      return failed(`the files of commit ${base.commit} could not be written: ${written.message}`);
    const obstacle = await obstacleOn(root, prefix);
    if (obstacle !== undefined) {
      return failed(
        `${obstacle} is no folder in commit ${base.commit}, and the agent is to work in ${prefix}`,
      );
    }
    const cwd = path.resolve(root, prefix);
    // A folder without tracked files is in no commit.
    makeFolders(cwd);
    return { kind: 'made', tree: { dir, root, cwd, gitDir, branch, base } };
  }
}

const TREE = 'tree';
const GIT_DIR = 'git';
const KEPT = 'kept';

/** What stands in the way of a folder's being one of this tree: a link may lead anywhere. */
async function obstacleOn(root: string, prefix: string): Promise<string | undefined> {
  const names = prefix.split('/').filter((name) => name !== '');
  for (const [at] of names.entries()) {
    const folder = names.slice(0, at + 1).join('/');
    const found = await lstat(path.join(root, folder)).catch(() => undefined);
    if (found !== undefined && !found.isDirectory()) return folder;
  }
  return undefined;
}

/** Processes are told apart by what cannot be in a host's name. */
function ownerName(host: string, { pid, startTicks }: ProcessMark): string {
  return `${host.replaceAll(/[^\w.-]/g, '_')}+${pid}+${startTicks ?? ''}`;
}

function markIn(name: string, host: string): ProcessMark | undefined {
  const [, pid, startTicks] = name.split('+');
  if (pid === undefined || startTicks === undefined) return undefined;
  const mark = { pid: Number(pid), startTicks: startTicks === '' ? null : startTicks };
  return ownerName(host, mark) === name ? mark : undefined;
}

/** Its agent may have made folders that it closed to itself, or still write there: the next sweep takes the rest. */
async function remove(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true }).catch(() => {});
}

function failed(message: string): CallTreeMade {
  return { kind: 'failed', message };
}
