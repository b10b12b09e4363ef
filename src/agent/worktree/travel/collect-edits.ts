/**
 * What an agent changed in its tree, committed or not, as one commit and a pack that completes it. By a repository of our own
 * beside the agent's: the agent's configuration could name programs, and no git that would start them reads it.
 */
import { lstat, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../../core/program.ts';
import type { TravellingEdits } from '../../../wire/trees/travelling-tree.ts';
import { type GitPlace, git, said } from '../git.ts';
import type { CallTree } from './call-trees.ts';
import { packProblem } from './check-pack.ts';
import { guardedEnvironment } from './guarded-git.ts';
import { type LeftFiles, leftFiles } from './left-files.ts';
import { commitTree } from './made-commit.ts';
import { borrow, initWords } from './own-repository.ts';
import { writePack } from './pack-stream.ts';

export type EditsCollected =
  | { readonly kind: 'unchanged'; readonly nested: readonly string[] }
  | {
      readonly kind: 'edits';
      readonly edits: TravellingEdits;
      /** Holds the pack; gone with the call's folder. */
      readonly file: string;
      /** Folders of the tree that are repositories themselves: what changed in them does not travel. */
      readonly nested: readonly string[];
    }
  /** The tree is as the agent left it. */
  | { readonly kind: 'failed'; readonly message: string };

export interface EditsWish {
  readonly tree: CallTree;
  readonly env: Environment;
  /** Of the pack. */
  readonly maxBytes: number;
}

/** Once the agent is gone. May be called again. */
export async function collectEdits({ tree, env, maxBytes }: EditsWish): Promise<EditsCollected> {
  const { base, dir, gitDir } = tree;
  const own = { cwd: path.join(dir, 'own'), env: guardedEnvironment(env), timeoutMs: COLLECTING_MS };
  try {
    await makeOwn(own, tree);
    await forgetConfiguration(own, tree);
    const { head, tips } = await agentsTips(own, tree);
    const files = await leftFiles({
      root: tree.root,
      index: path.join(gitDir, 'index'),
      own,
      head,
      maxBytes,
    });
    const { nested } = files;
    const tip = await oneTip(own, head, tips, files);
    if (tip === base.commit) return { kind: 'unchanged', nested };
    const file = path.join(dir, 'edits.pack');
    const written = await writePack(own, { revisions: [tip, `^${base.commit}`], file, maxBytes });
    if (written.kind === 'failed') return { kind: 'failed', message: written.message };
    if (written.kind === 'too-large') {
      const limit = Math.floor(maxBytes / 1024 / 1024);
      return {
        kind: 'failed',
        message: `what the agent changed is more than the ${limit} MiB that may be sent; should builds or data be among it, .gitignore keeps them out`,
      };
    }
    const { sha256, bytes } = written;
    const name = { sha256, bytes };
    const pack = { file, name, commit: base.commit, isShallow: base.isShallow, base };
    const problem = await packProblem({ ...own, cwd: path.join(dir, 'check') }, pack);
    if (problem !== undefined) return { kind: 'failed', message: `git takes it for broken: ${problem}` };
    return { kind: 'edits', edits: { tip, sha256, bytes }, file, nested };
  } catch (error) {
    return { kind: 'failed', message: (error as Error).message };
  }
}

/** Of each git: it would wait for ever at a FIFO that an agent called `.gitignore`, or included in its configuration. */
const COLLECTING_MS = 10 * 60_000;

async function makeOwn(own: GitPlace, { dir, base, gitDir }: CallTree): Promise<void> {
  await rm(own.cwd, { recursive: true, force: true });
  said(await git({ ...own, cwd: dir }, [...initWords(base.commit), '--bare', own.cwd]));
  await borrow(base, own.cwd, [path.join(gitDir, 'objects')]);
}

/**
 * The agent's is over: git would wait at a FIFO that it includes, and whoever looks into a tree that is kept would start the
 * programs that it names.
 */
async function forgetConfiguration(own: GitPlace, { gitDir }: CallTree): Promise<void> {
  const found = await lstat(gitDir).catch(() => undefined);
  // A link leads to somebody else's.
  if (found?.isDirectory() !== true) return;
  const plain = await readFile(path.join(own.cwd, 'config'), 'utf8');
  const file = path.join(gitDir, 'config');
  await rm(file, { recursive: true, force: true });
  await writeFile(file, plain.replace(/bare = true/, 'bare = false'), { flag: 'wx' });
}

/** All that it committed: on its branch, on other branches, and where it stood at its end. */
async function agentsTips(own: GitPlace, { base, branch, dir, gitDir }: CallTree) {
  const agents = { ...own, cwd: dir };
  // These two read refs, and start nothing whatever the configuration says.
  const at = { GIT_DIR: gitDir, GIT_COMMON_DIR: gitDir };
  const listed = said(
    await git(agents, ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads'], at),
  );
  const refs = new Map(lines(listed).map((line) => line.split(' ') as [string, string]));
  const stood = await git(agents, ['rev-parse', '--verify', '--quiet', 'HEAD'], at);
  const head = (stood.ok ? stood.stdout : refs.get(`refs/heads/${branch}`)) ?? base.commit;
  const all = [...new Set([head, ...refs.values()])].filter((tip) => tip !== base.commit);
  if (all.length <= 1) return { head, tips: all };
  return { head, tips: lines(said(await git(own, ['merge-base', '--independent', ...all]))) };
}

/**
 * A branch has one tip. Where the agent left several, or files that nobody committed, it is a commit with the files as they
 * are and all of the tips below it: nothing is lost, and nothing is merged by guess.
 */
async function oneTip(
  own: GitPlace,
  head: string,
  tips: readonly string[],
  { tree }: LeftFiles,
): Promise<string> {
  const headTree = said(await git(own, ['rev-parse', '--verify', `${head}^{tree}`]));
  const isClean = tree === undefined || tree === headTree;
  const [only = head] = tips;
  if (isClean && tips.length <= 1) return only;
  const message = isClean ? 'What the agent left on several branches' : 'What the agent left uncommitted';
  const parents = [head, ...tips.filter((tip) => tip !== head)];
  return said(await commitTree(own, { tree: tree ?? headTree, parents, message }));
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}
