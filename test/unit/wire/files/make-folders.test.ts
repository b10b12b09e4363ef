import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolders, makeInnerFolder } from '../../../../src/wire/files/make-folders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('makes all that are missing, and leaves those that are there', () => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, 'a'), { mode: 0o755 });
  makeFolders(path.join(root, 'a/b/c'), 0o700);
  makeFolders(path.join(root, 'a/b/c'), 0o700);
  const modes = ['a', 'a/b', 'a/b/c'].map((name) =>
    (statSync(path.join(root, name)).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['755', '700', '700']);
});

test('fails where a file stands in the way', () => {
  const root = temporaryFolder();
  writeFileSync(path.join(root, 'file'), '');
  expect(() => makeFolders(path.join(root, 'file/below/it'))).toThrow(/ENOTDIR/);
});

test.runIf(process.platform === 'linux')('fails at once where the kernel has no folders made', () => {
  expect(() => makeFolders('/proc/andwait/none')).toThrow(/ENOENT/);
});

test('a folder inside one of ours is closed, and may be there already', () => {
  const dir = path.join(temporaryFolder(), 'runs/r');
  const uid = statSync(path.dirname(path.dirname(dir))).uid;
  makeInnerFolder(dir, uid);
  makeInnerFolder(dir, uid);
  expect((statSync(dir).mode & 0o777).toString(8)).toBe('700');
  expect(() => makeInnerFolder(dir, uid + 1)).toThrow(
    `${dir} belongs to uid ${uid}, not to you (uid ${uid + 1})`,
  );
});

test.each(['somewhere', 'nowhere'])('a link that leads %s is none', (target) => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, 'somewhere'));
  symlinkSync(path.join(root, target), path.join(root, 'link'));
  expect(() => makeInnerFolder(path.join(root, 'link'), statSync(root).uid)).toThrow('/link is no folder');
});
