/** Runs git for andwait itself: never through a shell, never asking anybody, never in the repository a hook points at. */
import type { Environment } from '../../core/program.ts';

export type GitResult =
  | { readonly ok: true; readonly stdout: string }
  /** `message` is git's own last word, or why git could not be started. */
  | { readonly ok: false; readonly message: string };

/**
 * A hook's git sets these, and every git below it then works on the hook's repository and index, wherever it stands.
 * Settings handed on by GIT_CONFIG_* stay: they name no repository.
 */
const REPOSITORY_VARIABLES = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
];

export function withoutRepository(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.includes(name)));
}

/** Hooks of the repository are a person's, not ours to set off; a file monitor would outlive us as a daemon. */
const QUIET = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];

export interface GitPlace {
  readonly cwd: string;
  readonly env: Environment;
  /** For what waits for another host; without it git may take as long as it likes. */
  readonly timeoutMs?: number;
}

/** Only `overEnv` may name an index, an object folder or a repository: on purpose, and ours. */
export async function git(
  place: GitPlace,
  args: readonly string[],
  overEnv: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<GitResult> {
  const { execa } = await import('execa');
  const source = input === undefined ? ({ stdin: 'ignore' } as const) : { input };
  const result = await execa('git', gitWords(args), { ...gitOptions(place, overEnv), ...source });
  if (!result.failed) return { ok: true, stdout: result.stdout };
  return { ok: false, message: gitsLastWord(result) };
}

export function gitWords(args: readonly string[]): string[] {
  return [...QUIET, ...args];
}

/** How every git of ours is started. */
export function gitOptions({ cwd, env, timeoutMs = 0 }: GitPlace, overEnv: Readonly<Record<string, string>>) {
  return {
    cwd,
    env: { ...withoutRepository(env), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...overEnv },
    extendEnv: false,
    reject: false,
    timeout: timeoutMs,
  } as const;
}

export function gitsLastWord({
  stderr,
  shortMessage,
}: {
  readonly stderr?: string | undefined;
  readonly shortMessage?: string | undefined;
}): string {
  const said = stderr?.trim() ?? '';
  return said === '' ? (shortMessage ?? 'git failed') : said;
}

/** Where a failure of git is the end of what is being done: its output, or an error with git's last word. */
export function said(result: GitResult): string {
  if (!result.ok) throw new Error(result.message);
  return result.stdout;
}
