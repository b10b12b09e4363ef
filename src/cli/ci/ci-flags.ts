/** What a CI job asks of a run beside its result: the flags, and what is wanted of them. */
import type { Environment } from '../../core/program.ts';
import { TEXT } from '../command-line/flag-kinds.ts';

/** Set to `true` by GitHub's runners. */
const GITHUB_ACTIONS = 'GITHUB_ACTIONS';

const CI = 'CI:';

export const CI_FLAGS = {
  github: {
    type: 'boolean',
    group: CI,
    describe: 'groups, annotations, job summary and outputs of GitHub Actions [default: there]',
  },
  'no-github': { type: 'boolean', default: false, group: CI, describe: 'none of it, there either' },
  junit: { ...TEXT, group: CI, describe: 'write a JUnit report to this file: a test case for each call' },
} as const;

export const JOBLOG_FLAG = {
  joblog: { ...TEXT, group: CI, describe: 'write a line for each call to this file, as GNU parallel does' },
} as const;

export interface CiFlags {
  readonly github: boolean | undefined;
  readonly 'no-github': boolean;
  readonly junit: string | undefined;
  readonly joblog?: string | undefined;
}

/** Parsed once; what depends on the environment is decided by `isOnGithub`. */
export interface CiOptions {
  /** `undefined`: where GitHub's runner is. */
  readonly github: boolean | undefined;
  readonly junit: string | undefined;
  readonly joblog: string | undefined;
  /** `open`: a recipe writes to it, whose own commands it may hold; they are stopped only when that is asked for. */
  readonly log: 'guarded' | 'open';
}

export function ciOptions(flags: CiFlags, writer: 'us' | 'recipe'): CiOptions {
  const { junit, joblog } = flags;
  const github = flags['no-github'] ? false : flags.github;
  return { github, junit, joblog, log: writer === 'us' || github === true ? 'guarded' : 'open' };
}

export function isOnGithub({ github }: Pick<CiOptions, 'github'>, env: Environment): boolean {
  return github ?? env[GITHUB_ACTIONS] === 'true';
}
