/**
 * Writes a file of the user's below a folder whose content may be anybody's, a checkout's: never through a link that leads
 * out of it, never over what is there unless that is wanted, and wholly or not at all.
 */
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, mkdtemp, open, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from './make-folders.ts';
import { openRegularFile } from './regular-file.ts';

export interface PutOrder {
  /** Made where it is missing. Links that lead to it are the user's own. */
  readonly root: string;
  /** Below it, outermost first; made where they are missing. */
  readonly folders: readonly string[];
  /** Without a slash. */
  readonly name: string;
  readonly text: string;
  readonly replace: boolean;
}

export type Put =
  | { readonly kind: 'put'; readonly file: string; readonly change: 'new' | 'replaced' | 'unchanged' }
  | PutRefusal;

interface PutRefusal {
  readonly kind: 'refused';
  readonly reason: 'exists' | 'unsafe' | 'unwritable';
  readonly file: string;
  /** A sentence without its full stop. */
  readonly message: string;
}

/** Rejects with bugs only. */
export async function putFile(order: PutOrder): Promise<Put> {
  const file = path.join(order.root, ...order.folders, order.name);
  const refused = (reason: PutRefusal['reason'], message: string): Put => {
    return { kind: 'refused', reason, file, message };
  };
  try {
    const dir = await folderBelow(order);
    const real = path.join(dir, order.name);
    const there = await kindOf(real);
    if (there === 'other') throw new Unsafe(`${file} is a link, a folder or a device; move it away`);
    if (there === 'file' && (await textIn(real)) === order.text) {
      return { kind: 'put', file, change: 'unchanged' };
    }
    await writeWhole(dir, order);
    return { kind: 'put', file, change: there === 'file' ? 'replaced' : 'new' };
  } catch (error) {
    if (error instanceof Unsafe) return refused('unsafe', error.message);
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EEXIST') return refused('exists', `${file} is there already`);
    return refused('unwritable', `${file} cannot be written (${error.code})`);
  }
}

class Unsafe extends Error {}

/** The folder's real path. */
async function folderBelow({ root, folders }: PutOrder): Promise<string> {
  makeFolders(root, 0o700);
  const top = await realpath(root);
  let dir = top;
  for (const name of folders) {
    const next = path.join(dir, name);
    if ((await kindOf(next)) === undefined) await mkdir(next);
    dir = await realpath(next).catch(() => {
      throw new Unsafe(`${next} is a link that leads nowhere; remove it`);
    });
    if (!isBelow(top, dir))
      throw new Unsafe(`${next} is a link that leads out of ${root}, to ${dir}; remove it`);
  }
  return dir;
}

function isBelow(top: string, dir: string): boolean {
  const way = path.relative(top, dir);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

async function kindOf(file: string): Promise<'file' | 'other' | undefined> {
  try {
    return (await lstat(file)).isFile() ? 'file' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function textIn(file: string): Promise<string | undefined> {
  await using handle = await openRegularFile(file, constants.O_NOFOLLOW);
  return await handle?.readFile('utf8');
}

/** Written in a folder that nobody else has a name for, then put in place: neither step follows a link. */
async function writeWhole(dir: string, { name, text, replace }: PutOrder): Promise<void> {
  const aside = await mkdtemp(path.join(dir, '.andwait-'));
  try {
    // `dir` may have become a link since it was looked at.
    if ((await realpath(aside)) !== aside) throw new Unsafe(`${dir} was changed while it was written to`);
    const draft = path.join(aside, name);
    await using handle = await open(draft, 'wx');
    await handle.writeFile(text);
    await handle.sync();
    const target = path.join(dir, name);
    if (replace) await rename(draft, target);
    else await linkOrCopy(draft, target);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Fails with EEXIST where anything has the name, a link too. Some file systems have no second names. */
async function linkOrCopy(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await copyFile(draft, target, constants.COPYFILE_EXCL);
  }
}
