/** Asks git, in a folder that may be anybody's: without the hooks, pagers, monitors, filters and transports that its configuration could name. */
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

/** A repository that lacks objects says where git is to fetch them, and by which program. */
const NO_FETCHING = { GIT_ALLOW_PROTOCOL: '', GIT_NO_LAZY_FETCH: '1' };

/** `undefined`: it failed, took too long, said too much, or there is no git. */
export async function runGit(args: readonly string[], place: GitPlace): Promise<string | undefined> {
  const { timeoutMs = TIME_LIMIT_MS } = place;
  const env = { ...place.env, ...NO_FETCHING };
  const output = await programOutput({ ...place, env, timeoutMs, file: 'git', args: [...SAFE, ...args] });
  return output?.code === 0 && output.cut === undefined ? output.stdout.toString('utf8') : undefined;
}

/**
 * Like `runGit`, for what looks into files: git puts those that seem changed through filters, which the repository's own
 * configuration may define. Filters of the user's own stay.
 */
export async function runGitUnfiltered(
  args: readonly string[],
  place: GitPlace,
): Promise<string | undefined> {
  const settings = await runGit(['config', '--list', '--show-scope', '--name-only', '-z'], place);
  const switches = settings === undefined ? undefined : filtersOff(settings);
  return switches && (await runGit([...switches, ...args], place));
}

/** `settings`: scope and key in turn, each ended by a zero. `undefined`: one cannot be switched off. */
function filtersOff(settings: string): string[] | undefined {
  const parts = settings.split('\0');
  const keys = parts.filter(
    (key, n) => OWN_SCOPES.has(parts[n - 1] ?? '') && n % 2 === 1 && /^filter\./.test(key),
  );
  // Git takes what stands before the first sign for the key.
  if (keys.some((key) => /[=\n]/.test(key))) return undefined;
  const filters = new Set(keys.map((key) => key.slice(0, key.lastIndexOf('.'))));
  return [...filters].flatMap((filter) => [
    ...['-c', `${filter}.clean=`, '-c', `${filter}.process=`, '-c', `${filter}.required=false`],
  ]);
}

const OWN_SCOPES: ReadonlySet<string> = new Set(['local', 'worktree']);

/**
 * Whether the file came, or would go, with the repository that it lies in. Where there is one and git does not say (another's
 * repository, no git), it is taken for committed.
 */
export async function mayBeCommitted(
  file: string,
  { env, clock }: Pick<GitPlace, 'env' | 'clock'>,
): Promise<boolean> {
  const cwd = path.dirname(file);
  if (!(await isBelowRepository(cwd, env))) return false;
  const place = { cwd, env, clock, maxBytes: 10_000 };
  return (await runGit(['ls-files', '--', `:(icase)${path.basename(file)}`], place)) !== '';
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
