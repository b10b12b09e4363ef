/** What goes with a run that is removed, outside of the state folder. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GIT_ENV, git, repository } from '../../../support/git/git-repository.ts';
import { runAndwait } from '../../../support/programs/run-in-process.ts';
import { DESCRIPTION } from '../../../support/runs/run-description.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('the commit that its agents started from is let go of, and folders that a killed start left', async () => {
  const repo = repository();
  const state = temporaryFolder();
  const old = (dir: string): string => {
    mkdirSync(dir, { recursive: true });
    return dir;
  };
  const run = old(path.join(state, 'runs/r-1'));
  const start = old(path.join(state, 'start-abc'));
  const options = {
    ...DESCRIPTION.options,
    tree: { choice: 'as-is', start: { repository: repo, tree: {} } },
  };
  writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...DESCRIPTION, runId: 'r-1', options }));
  for (const dir of [run, start]) utimesSync(dir, 1, 1);
  git(repo, 'update-ref', 'refs/andwait/r-1', 'HEAD');
  const gc = (...more: readonly string[]) => {
    const env = { ...GIT_ENV, PATH: GIT_ENV.PATH ?? '', ANDWAIT_HOME: state };
    return runAndwait({ argv: ['gc', '--older-than', '1d', ...more], env, cwd: state });
  };
  const refs = (): string => git(repo, 'for-each-ref', 'refs/andwait');
  expect((await gc('--dry-run')).stdout).toContain('would remove r-1');
  expect(refs()).not.toBe('');
  expect((await gc()).stdout).toContain('removed r-1');
  expect(refs()).toBe('');
  expect(() => utimesSync(start, 1, 1)).toThrow('ENOENT');
});
