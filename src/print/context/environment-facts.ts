/** Where the agent is: folder, system, date, and how the repository stands, as far as git says so quickly. */
import os from 'node:os';
import type { Program } from '../../core/program.ts';
import { isBelowRepository, runGit, runGitUnfiltered } from './git.ts';

export interface FactsDeps {
  readonly program: Pick<Program, 'cwd' | 'env' | 'clock'>;
  readonly otherDirs: readonly string[];
}

const GIT_LIMIT_MS = 2_000;
const MAX_STATUS_LINES = 40;

export async function environmentFacts({ program, otherDirs }: FactsDeps): Promise<string> {
  const { cwd, clock } = program;
  const facts = [
    `Working directory: ${cwd}`,
    ...(otherDirs.length > 0 ? [`Other working directories: ${otherDirs.join(', ')}`] : []),
    `Platform: ${os.platform()} ${os.release()}`,
    `Date: ${new Date(clock.now()).toISOString().slice(0, 10)}`,
  ];
  return [...facts, ...(await gitFacts(program))].join('\n');
}

/** Both at once; what takes too long is left out. */
async function gitFacts({ cwd, env, clock }: FactsDeps['program']): Promise<string[]> {
  if (!(await isBelowRepository(cwd, env))) return [];
  const place = { cwd, env, clock, timeoutMs: GIT_LIMIT_MS, maxBytes: 1_000_000 };
  const [status, log] = await Promise.all([
    runGitUnfiltered(['status', '--short', '--branch', '--ignore-submodules'], place),
    runGit(['log', '--oneline', '--no-decorate', '--no-show-signature', '-n', '5'], place),
  ]);
  if (status === undefined) return [];
  const [branch = '', ...changes] = status.split('\n').filter((line) => line !== '');
  const shown = changes.slice(0, MAX_STATUS_LINES);
  const more = changes.length - shown.length;
  return [
    'Git, as it was when the session began:',
    `Branch: ${branch.replace(/^## /, '').replace(/^No commits yet on /, '')}`,
    ...(changes.length === 0 ? ['Nothing is changed.'] : ['Changes:', ...shown]),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...(log === undefined || log === '' ? [] : ['Latest commits:', log.trimEnd()]),
  ];
}
