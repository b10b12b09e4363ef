/** The files below a folder that match a pattern. Links to folders are not followed: where they lead, nobody has permitted. */
import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../../core/ports.ts';
import { ToolFailure } from '../typed-tool.ts';

export interface WalkOrder {
  /** Absolute. */
  readonly dir: string;
  readonly pattern: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

const TIME_LIMIT_MS = 20_000;

/** Content of other programs, by the thousand; looked through only where a pattern or folder names it. */
const SKIPPED = ['.git', 'node_modules'];

/** Absolute paths. */
export async function walk({ dir, pattern, signal, clock }: WalkOrder): Promise<string[]> {
  demandInner(pattern);
  if (!(await isFolder(dir))) throw new ToolFailure(`Directory does not exist: ${dir}`);
  const { glob } = await import('tinyglobby');
  const limit = new AbortController();
  const cancel = clock.after(TIME_LIMIT_MS, () => limit.abort());
  try {
    const found = await glob(pattern, {
      cwd: dir,
      dot: true,
      absolute: true,
      expandDirectories: false,
      followSymbolicLinks: false,
      ignore: SKIPPED.filter((name) => !pattern.includes(name)).map((name) => `**/${name}/**`),
      signal: AbortSignal.any([signal, limit.signal]),
    });
    // It also returns, with what it has found so far, when it is told to end.
    signal.throwIfAborted();
    if (limit.signal.aborted) throw tooSlow(pattern, dir);
    return innerOnly(found, realpathSync(dir));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) throw tooSlow(pattern, dir);
    throw error;
  } finally {
    cancel();
  }
}

function tooSlow(pattern: string, dir: string): ToolFailure {
  return new ToolFailure(
    `Looking for ${pattern} in ${dir} took longer than ${TIME_LIMIT_MS / 1000} s. Name a folder further down as path.`,
  );
}

/** Permission was given for the folder. */
function demandInner(pattern: string): void {
  if (path.isAbsolute(pattern) || pattern.split(/[/{},()|]/).includes('..')) {
    throw new ToolFailure(`The pattern ${pattern} leads out of its folder: name that folder as path.`);
  }
}

/** A pattern may name a link to a folder elsewhere. */
function innerOnly(files: readonly string[], root: string): string[] {
  const isInner = new Map<string, boolean>();
  return files.filter((file) => {
    const folder = path.dirname(file);
    const known = isInner.get(folder) ?? isInside(folder, root);
    isInner.set(folder, known);
    return known;
  });
}

function isInside(folder: string, root: string): boolean {
  try {
    const real = realpathSync(folder);
    return real === root || real.startsWith(root.endsWith('/') ? root : `${root}/`);
  } catch {
    return false;
  }
}

async function isFolder(dir: string): Promise<boolean> {
  try {
    return (await stat(dir)).isDirectory();
  } catch {
    return false;
  }
}
