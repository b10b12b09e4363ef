/** Asks git, in a folder that may be anybody's: without the hooks, pagers and monitors that its configuration could name. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../core/ports.ts';
import { programOutput } from '../program-output.ts';

export interface GitPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const TIME_LIMIT_MS = 5_000;

const SAFE = [
  ...['--no-pager', '--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'core.quotePath=false', '-c', 'color.ui=false'],
];

/** `undefined`: it failed, took too long, said too much, or there is no git. */
export async function runGit(args: readonly string[], place: GitPlace): Promise<string | undefined> {
  const { timeoutMs = TIME_LIMIT_MS } = place;
  const output = await programOutput({ ...place, timeoutMs, file: 'git', args: [...SAFE, ...args] });
  return output?.code === 0 && output.cut === undefined ? output.stdout.toString('utf8') : undefined;
}

/** Whether git could find anything: to have it say no costs two processes, which is a tenth of a small call. */
export async function isBelowRepository(cwd: string, env: GitPlace['env']): Promise<boolean> {
  if (env['GIT_DIR'] !== undefined) return true;
  for (let dir = path.resolve(cwd); ; dir = path.dirname(dir)) {
    const isThere = await access(path.join(dir, '.git')).then(
      () => true,
      () => false,
    );
    if (isThere || dir === path.dirname(dir)) return isThere;
  }
}
