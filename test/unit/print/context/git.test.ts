import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mayBeCommitted, runGit, runGitUnfiltered } from '../../../../src/print/context/git.ts';
import { systemClock } from '../../../support/system-clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A repository with a file that seems changed, and a configuration as an unpacked archive may bring it. */
function hostile(config: (mark: string) => string, filter = 'x') {
  const cwd = temporaryFolder();
  const mark = path.join(temporaryFolder(), 'started');
  const env = { PATH: process.env['PATH'], HOME: temporaryFolder(), GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]) => execFileSync('git', args, { cwd, env, stdio: 'pipe' }).toString();
  git('init', '-q', '-b', 'main');
  writeFileSync(path.join(cwd, 'a.txt'), 'text\n');
  mkdirSync(path.join(cwd, '.git', 'info'), { recursive: true });
  git('add', 'a.txt');
  git('-c', 'user.name=n', '-c', 'user.email=e@e', 'commit', '-qm', 'first');
  writeFileSync(path.join(cwd, '.git/info/attributes'), `* filter=${filter}\n`);
  utimesSync(path.join(cwd, 'a.txt'), 1, 1);
  writeFileSync(path.join(cwd, '.git/config'), config(mark), { flag: 'a' });
  const place = { cwd, env, clock: systemClock, maxBytes: 100_000 };
  return { place, git, mark, wasStarted: () => existsSync(mark) };
}

const STATUS = ['status', '--short'];

test.each([
  ['a filter', 'x', (mark: string) => `[filter "x"]\n clean = "touch ${mark}; cat"\n`],
  [
    'a filter that must not fail',
    'x',
    (mark: string) => `[filter "x"]\n clean = touch ${mark}\n required = true\n`,
  ],
  ['a filter process', 'a.b', (mark: string) => `[filter "a.b"]\n process = touch ${mark}\n`],
])('status starts no program of the repository: %s', async (_name, filter, config) => {
  const { place, git, wasStarted } = hostile(config, filter);
  expect(await runGitUnfiltered(STATUS, place)).toBe('');
  expect(wasStarted()).toBe(false);
  try {
    git(...STATUS);
  } catch {
    // A filter that does not answer.
  }
  expect(wasStarted()).toBe(true);
});

test('a filter that cannot be switched off: status is not asked', async () => {
  const { place, wasStarted } = hostile((mark) => `[filter "x=y"]\n clean = touch ${mark}\n`, 'x=y');
  expect(await runGitUnfiltered(STATUS, place)).toBeUndefined();
  expect(wasStarted()).toBe(false);
});

test("the user's own filters are applied", async () => {
  const { place, wasStarted, mark } = hostile(() => '');
  writeFileSync(path.join(place.env.HOME, '.gitconfig'), `[filter "x"]\n clean = "touch ${mark}; cat"\n`);
  expect(await runGitUnfiltered(STATUS, place)).toBe('');
  expect(wasStarted()).toBe(true);
});

test('what is missing is not fetched', async () => {
  const { place, git, wasStarted } = hostile(
    (mark) =>
      `[extensions]\n partialClone = o\n[remote "o"]\n promisor = true\n url = ext::sh -c touch% ${mark}\n[protocol "ext"]\n allow = always\n`,
  );
  git('config', 'core.repositoryFormatVersion', '1');
  writeFileSync(path.join(place.cwd, '.git/refs/heads/main'), `${'1'.repeat(40)}\n`);
  await runGit(['log', '-n', '1'], place);
  expect(wasStarted()).toBe(false);
  expect(() => git('log', '-n', '1')).toThrow();
  expect(wasStarted()).toBe(true);
});

test('whether a file came with its repository', async () => {
  const { place, git } = hostile(() => '');
  const file = (name: string): string => path.join(place.cwd, name);
  expect(await mayBeCommitted(file('a.txt'), place)).toBe(true);
  expect(await mayBeCommitted(file('A.TXT'), place)).toBe(true);
  writeFileSync(file('b.txt'), '');
  expect(await mayBeCommitted(file('b.txt'), place)).toBe(false);
  git('add', 'b.txt');
  expect(await mayBeCommitted(file('b.txt'), place)).toBe(true);
  expect(await mayBeCommitted(path.join(temporaryFolder(), 'a.txt'), place)).toBe(false);
});

test('where git does not say, a file may have come with its repository', async () => {
  const { place } = hostile(() => '[broken\n');
  writeFileSync(path.join(place.cwd, 'b.txt'), '');
  expect(await mayBeCommitted(path.join(place.cwd, 'b.txt'), place)).toBe(true);
});
