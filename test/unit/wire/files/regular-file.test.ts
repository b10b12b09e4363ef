import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readRegularFile } from '../../../../src/wire/files/regular-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function written(text: string): string {
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, text);
  return file;
}

test('up to the limit, not a byte more', async () => {
  expect(await readRegularFile(written('12345'), 5)).toEqual({ kind: 'read', bytes: Buffer.from('12345') });
  expect(await readRegularFile(written('123456'), 5)).toEqual({
    kind: 'refused',
    why: 'more than 5 bytes',
  });
});

test('through a link', async () => {
  const link = path.join(temporaryFolder(), 'link');
  symlinkSync(written('text'), link);
  expect(await readRegularFile(link, 10)).toMatchObject({ kind: 'read' });
});

test.each<[string, (file: string) => void]>([
  ['a FIFO that nobody writes to', (file) => execFileSync('mkfifo', [file])],
  ['a link to a device without an end', (file) => symlinkSync('/dev/zero', file)],
  ['a folder', (file) => mkdirSync(file)],
])('not %s', async (_name, make) => {
  const file = path.join(temporaryFolder(), 'file');
  make(file);
  expect(await readRegularFile(file, 10)).toEqual({ kind: 'refused', why: 'not a regular file' });
});

test('what is not there is the system’s error', async () => {
  const absent = path.join(temporaryFolder(), 'absent');
  await expect(readRegularFile(absent, 10)).rejects.toMatchObject({ code: 'ENOENT' });
});
