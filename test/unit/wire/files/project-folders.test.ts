import { chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectFolders } from '../../../../src/wire/files/project-folders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const STRANGER = 4242;
const isRoot = process.getuid?.() === 0;

function nested() {
  const around = temporaryFolder();
  const repo = path.join(around, 'repo');
  const cwd = path.join(repo, 'packages', 'app');
  mkdirSync(cwd, { recursive: true });
  return { repo, cwd };
}

test('inside a repository: up to its root, nearest first', async () => {
  const { repo, cwd } = nested();
  mkdirSync(path.join(repo, '.git'));
  expect(await projectFolders(cwd)).toEqual([cwd, path.join(repo, 'packages'), repo]);
});

test('outside of one: the working directory alone', async () => {
  const { cwd } = nested();
  expect(await projectFolders(cwd)).toEqual([cwd]);
});

test('a working directory that is not there', async () => {
  const gone = path.join(nested().cwd, 'gone');
  expect(await projectFolders(gone)).toEqual([gone]);
});

// Only root can give a file away.
test.runIf(isRoot)('a .git that a stranger left above makes no repository of ours', async () => {
  const { repo, cwd } = nested();
  mkdirSync(path.join(repo, '.git'));
  chownSync(path.join(repo, '.git'), STRANGER, STRANGER);
  expect(await projectFolders(cwd)).toEqual([cwd]);
});

test.runIf(isRoot)(
  'a repository that belongs to the owner of the working directory is one, whoever we are',
  async () => {
    const { repo, cwd } = nested();
    mkdirSync(path.join(repo, '.git'));
    for (const file of [cwd, path.join(repo, '.git')]) chownSync(file, STRANGER, STRANGER);
    expect(await projectFolders(cwd)).toContain(repo);
  },
);
