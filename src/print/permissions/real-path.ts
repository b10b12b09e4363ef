/** Where a path leads once the kernel has followed it: every symlink, `..` after a symlink too, and the part that is not there yet. */
import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** As in the kernel. */
const MAX_LINKS = 40;

/** `undefined` where it cannot be told: a loop, or a folder we may not look into. */
export function realPath(absolute: string): string | undefined {
  const waiting = absolute.split('/').reverse();
  let reached = '/';
  let links = 0;
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === '' || name === '.') continue;
    const next = path.join(reached, name);
    const target = name === '..' ? undefined : linkTarget(next);
    if (target === null) return undefined;
    if (target === undefined) {
      reached = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return undefined;
    waiting.push(...target.split('/').reverse());
    if (target.startsWith('/')) reached = '/';
  }
  return reached;
}

/** `undefined`: no symlink, or nothing there; `null`: we may not know. */
function linkTarget(file: string): string | undefined | null {
  try {
    return lstatSync(file).isSymbolicLink() ? readlinkSync(file) : undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : null;
  }
}

export interface Place {
  /** As the person wrote it, made absolute. */
  readonly shown: string;
  /** Everything it may lead to: programs differ in whether they take out `..` before they follow symlinks. Empty: unknown. */
  readonly reals: readonly string[];
}

export function placeOf(given: string, cwd: string): Place {
  const shown = path.resolve(cwd, given);
  const unfolded = path.isAbsolute(given) ? given : `${cwd}/${given}`;
  const reals = [realPath(shown), realPath(unfolded)];
  const known = reals.filter((real) => real !== undefined);
  return { shown, reals: known.length < reals.length ? [] : [...new Set(known)] };
}

export function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
