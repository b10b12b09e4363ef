/** What an agent is told of a real repository, and that a hostile one cannot make git run anything. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { contextSections } from '../../../src/print/context/context-sections.ts';
import { systemClock } from '../../support/system-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function sections(cwd: string, env: Record<string, string> = {}) {
  const program = {
    cwd,
    homeDir: undefined,
    env: { PATH: process.env['PATH'], ...env },
    clock: { ...systemClock, now: () => Date.UTC(2026, 0, 2) },
  };
  return contextSections({ program, configDir: undefined, sources: undefined, otherDirs: ['/other'] });
}

function repository(): { dir: string; git: (...args: string[]) => void } {
  const dir = realpathSync(temporaryFolder());
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=n', '-c', 'user.email=e@example.org', '-c', 'init.defaultBranch=main'];
    execFileSync('git', [...who, ...args], { cwd: dir, stdio: 'ignore' });
  };
  git('init');
  return { dir, git };
}

test('instructions, then place, date, and how the repository stands', async () => {
  const { dir, git } = repository();
  writeFileSync(path.join(dir, 'CLAUDE.md'), 'be brief');
  git('add', '.');
  git('commit', '-m', 'first');
  writeFileSync(path.join(dir, 'new.txt'), '');
  const [instructions, facts] = await sections(dir);
  expect(instructions).toContain(`Contents of ${dir}/CLAUDE.md (for this project, checked in):\n\nbe brief`);
  expect(facts).toContain(`Working directory: ${dir}\nOther working directories: /other`);
  expect(facts).toContain('Date: 2026-01-02');
  expect(facts).toContain('Branch: main\nChanges:\n?? new.txt\nLatest commits:\n');
  expect(facts).toMatch(/ first$/);
});

test('a folder without repository or instructions is told in four lines', async () => {
  const [facts, ...others] = await sections(realpathSync(temporaryFolder()));
  expect(others).toEqual([]);
  expect(facts?.split('\n')).toHaveLength(4);
});

test('many changes are cut', async () => {
  const { dir } = repository();
  for (let n = 0; n < 50; n += 1) writeFileSync(path.join(dir, `${n}`), '');
  const [facts] = await sections(dir);
  expect(facts).toContain('… and 10 more');
  expect(facts).toContain('Branch: main');
});

test('the repository’s monitor does not run', async () => {
  const { dir, git } = repository();
  const trap = path.join(dir, 'trap.sh');
  writeFileSync(trap, `#!/bin/sh\ntouch ${dir}/sprung\n`);
  chmodSync(trap, 0o755);
  git('config', 'core.fsmonitor', trap);
  await sections(dir);
  expect(existsSync(path.join(dir, 'sprung'))).toBe(false);
});

test('without git there is no more than the place', async () => {
  const { dir } = repository();
  const [facts] = await sections(dir, { PATH: '/nonexistent' });
  expect(facts).not.toContain('Branch');
});
