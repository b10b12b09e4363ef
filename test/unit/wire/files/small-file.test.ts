import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { appendSmall, smallTextIn } from '../../../../src/wire/files/small-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('is read whole, and longer ones not at all', () => {
  const file = path.join(temporaryFolder(), 'f');
  expect(smallTextIn(file, 10)).toBeUndefined();
  writeFileSync(file, 'é');
  expect(smallTextIn(file, 2)).toBe('é');
  expect(smallTextIn(file, 1)).toBeUndefined();
});

test('is made private, and lengthened', () => {
  const file = path.join(temporaryFolder(), 'f');
  appendSmall(file, 'a\n');
  appendSmall(file, 'b\n');
  expect(readFileSync(file, 'utf8')).toBe('a\nb\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what stands in its place is neither waited for nor written to', () => {
  const dir = temporaryFolder();
  const at = (name: string) => path.join(dir, name);
  execFileSync('mkfifo', [at('fifo')]);
  mkdirSync(at('folder'));
  symlinkSync(at('elsewhere'), at('link'));
  for (const name of ['fifo', 'folder']) expect(smallTextIn(at(name), 10)).toBeUndefined();
  for (const name of ['fifo', 'folder', 'link']) expect(() => appendSmall(at(name), 'x')).toThrow();
  expect(smallTextIn(at('elsewhere'), 10)).toBeUndefined();
});
