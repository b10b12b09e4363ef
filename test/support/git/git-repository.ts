/** Repositories of their own for tests: a real git, no configuration of whoever runs the test. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../temporary-folder.ts';

/** Whoever commits, whatever the machine's configuration says. */
export const GIT_IDENTITY = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

export const GIT_ENV = { ...GIT_IDENTITY, PATH: process.env['PATH'], HOME: '/nonexistent' };

/** What it says, without the last line break. Throws when it fails. */
export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, env: GIT_ENV, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** `a.txt`, `sub/b.txt`, and `build/` ignored; all of it committed on `main`. */
export function repository(...initFlags: readonly string[]): string {
  return repositoryIn(realpathSync(temporaryFolder()), ...initFlags);
}

export function repositoryIn(dir: string, ...initFlags: readonly string[]): string {
  mkdirSync(dir, { recursive: true });
  git(dir, 'init', '--quiet', '--initial-branch=main', ...initFlags);
  mkdirSync(path.join(dir, 'sub'));
  writeFileSync(path.join(dir, 'a.txt'), 'one\n');
  writeFileSync(path.join(dir, 'sub/b.txt'), 'two\n');
  writeFileSync(path.join(dir, '.gitignore'), 'build/\n');
  commitAll(dir, 'first');
  return dir;
}

/** The id of the commit. */
export function commitAll(dir: string, message: string): string {
  git(dir, 'add', '.');
  git(dir, 'commit', '--quiet', '-m', message);
  return git(dir, 'rev-parse', 'HEAD');
}
