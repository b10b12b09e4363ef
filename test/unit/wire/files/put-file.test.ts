import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type PutOrder, putFile } from '../../../../src/wire/files/put-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function place() {
  const around = temporaryFolder();
  const root = path.join(around, 'root');
  const dir = path.join(root, 'a/b');
  const order = { root, folders: ['a', 'b'], name: 'x.js', text: 'new', replace: false };
  return {
    around,
    root,
    dir,
    file: path.join(dir, 'x.js'),
    put: (over: Partial<PutOrder> = {}) => putFile({ ...order, ...over }),
  };
}

test('a file is put with the folders it needs, and nothing else is left there', async () => {
  const { dir, file, put } = place();
  expect(await put()).toEqual({ kind: 'put', file, change: 'new' });
  expect(readdirSync(dir)).toEqual(['x.js']);
  expect(readFileSync(file, 'utf8')).toBe('new');
});

test('what is there is written over only where that is wanted', async () => {
  const { dir, file, put } = place();
  mkdirSync(dir, { recursive: true });
  writeFileSync(file, 'old');
  expect(await put()).toMatchObject({
    kind: 'refused',
    reason: 'exists',
    message: `${file} is there already`,
  });
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(await put({ replace: true })).toEqual({ kind: 'put', file, change: 'replaced' });
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(await put()).toEqual({ kind: 'put', file, change: 'unchanged' });
  expect(readdirSync(dir)).toEqual(['x.js']);
});

test.each([false, true])('a link in its place is not followed (replace: %s)', async (replace) => {
  const { around, dir, file, put } = place();
  mkdirSync(dir, { recursive: true });
  const victim = path.join(around, 'victim');
  writeFileSync(victim, 'old');
  symlinkSync(victim, file);
  expect(await put({ replace })).toMatchObject({ kind: 'refused', reason: 'unsafe' });
  expect(readFileSync(victim, 'utf8')).toBe('old');
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
});

test('a dangling link in its place does not say where a file is made', async () => {
  const { around, dir, file, put } = place();
  mkdirSync(dir, { recursive: true });
  symlinkSync(path.join(around, 'made'), file);
  expect(await put()).toMatchObject({ kind: 'refused', reason: 'unsafe' });
  expect(existsSync(path.join(around, 'made'))).toBe(false);
});

test.each([
  ['outside', 'unsafe'],
  ['nowhere', 'unsafe'],
  ['root/../outside', 'unsafe'],
  ['root-beside', 'unsafe'],
])('a folder that is a link to %s is not entered', async (target, reason) => {
  const { around, root, put } = place();
  for (const dir of ['root', 'outside', 'root-beside']) mkdirSync(path.join(around, dir));
  symlinkSync(path.join(around, target), path.join(root, 'a'));
  expect(await put({ replace: true })).toMatchObject({ kind: 'refused', reason });
  expect(readdirSync(path.join(around, 'outside'))).toEqual([]);
  expect(readdirSync(path.join(around, 'root-beside'))).toEqual([]);
});

test('a folder that is a link to another one below the root is', async () => {
  const { root, file, put } = place();
  mkdirSync(path.join(root, 'c'), { recursive: true });
  symlinkSync('c', path.join(root, 'a'));
  expect(await put()).toEqual({ kind: 'put', file, change: 'new' });
  expect(readlinkSync(path.join(root, 'a'))).toBe('c');
  expect(readFileSync(path.join(root, 'c/b/x.js'), 'utf8')).toBe('new');
});

test('a file where a folder should be is told of', async () => {
  const { root, file, put } = place();
  mkdirSync(root);
  writeFileSync(path.join(root, 'a'), '');
  expect(await put()).toMatchObject({
    ...{ kind: 'refused', reason: 'unwritable', message: `${file} cannot be written (ENOTDIR)` },
  });
});
