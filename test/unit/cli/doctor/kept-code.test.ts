import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../../../src/cli/doctor/finding.ts';
import { checkKeptCode } from '../../../../src/cli/doctor/kept-code.ts';
import type { Program } from '../../../../src/core/program.ts';
import { sealed } from '../../../../src/journal/kept-code.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const UID = process.getuid?.() ?? 0;

async function found(prepare: (dir: string) => void, uid = UID): Promise<readonly Finding[]> {
  const state = temporaryFolder();
  prepare(path.join(state, 'code-cache'));
  const program = { env: { ANDWAIT_HOME: state }, homeDir: undefined, uid } as unknown as Program;
  return await checkKeptCode(program);
}

const made = (dir: string): void => void mkdirSync(dir, { mode: 0o700 });
const put = (dir: string, name: string, bytes: Buffer): void =>
  writeFileSync(path.join(dir, name), bytes, { mode: 0o600 });

test('none is nothing to complain of', async () => {
  expect(await found(() => {})).toEqual([{ about: 'bytecode', level: 'ok', message: 'none is kept yet' }]);
});

test('its size, where all is well', async () => {
  const findings = await found((dir) => {
    made(dir);
    put(dir, 'a', sealed(Buffer.alloc(2_000_000)));
    put(dir, 'b.7.tmp', Buffer.from('a draft'));
  });
  expect(findings).toEqual([
    { about: 'bytecode', level: 'ok', message: expect.stringMatching(/^2 files, 2\.0 MB in .*code-cache$/) },
  ]);
});

test.each<[string, (dir: string) => void, RegExp]>([
  [
    'a damaged file',
    (dir) => {
      made(dir);
      put(dir, 'a', Buffer.alloc(100, 1));
    },
    /\/a is damaged, or not yours alone, and is passed over; print mode starts slower/,
  ],
  [
    'a file that others may write',
    (dir) => {
      made(dir);
      put(dir, 'a', sealed(Buffer.alloc(1)));
      chmodSync(path.join(dir, 'a'), 0o622);
    },
    /\/a is damaged, or not yours alone/,
  ],
  [
    'a folder that others may write',
    (dir) => {
      made(dir);
      chmodSync(dir, 0o777);
    },
    /code-cache is no folder of yours alone: nothing in it is run/,
  ],
  ['a link', (dir) => symlinkSync(temporaryFolder(), dir), /code-cache is no folder of yours alone/],
  ['a file', (dir) => writeFileSync(dir, ''), /code-cache is no folder of yours alone/],
])('%s is told, and what to do', async (_name, prepare, message) => {
  const [finding] = await found(prepare);
  expect(finding).toMatchObject({ level: 'note', message: expect.stringMatching(message) });
  expect(finding?.remedy).toMatch(/^(rm|move) /);
});

test('somebody else’s folder', async () => {
  const [finding] = await found(made, UID + 1);
  expect(finding).toMatchObject({
    level: 'note',
    message: expect.stringContaining('no folder of yours alone'),
  });
});

test.skipIf(UID === 0)('one that cannot be written', async () => {
  const [finding] = await found((dir) => void mkdirSync(dir, { mode: 0o500 }));
  expect(finding).toMatchObject({ message: expect.stringContaining('is not writable: nothing can be kept') });
});
