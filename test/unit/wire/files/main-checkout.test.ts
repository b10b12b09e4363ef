import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mainCheckout } from '../../../../src/wire/files/main-checkout.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function repository(): string {
  const root = realpathSync(temporaryFolder());
  const git = 'git -c user.name=a -c user.email=a@b';
  execFileSync('sh', [
    '-c',
    `cd ${root} && git init -q main && cd main && ${git} commit -q --allow-empty -m a && git worktree add -q ../tree`,
  ]);
  return root;
}

test('of a linked working tree it is the checkout it was made from, of that one none', async () => {
  const root = repository();
  expect(await mainCheckout(`${root}/tree`)).toBe(`${root}/main`);
  expect(await mainCheckout(`${root}/main`)).toBeUndefined();
  expect(await mainCheckout(`${root}/nowhere`)).toBeUndefined();
});

describe('a folder that only says so is not believed', () => {
  test.each<[string, (root: string, evil: string) => void]>([
    [
      'it names the entry of another tree',
      (root, evil) => writeFileSync(`${evil}/.git`, `gitdir: ${root}/main/.git/worktrees/tree\n`),
    ],
    [
      'it brings an entry of its own',
      (root, evil) => {
        mkdirSync(`${evil}/entry`);
        writeFileSync(`${evil}/entry/commondir`, `${root}/main/.git\n`);
        writeFileSync(`${evil}/entry/gitdir`, `${evil}/.git\n`);
        writeFileSync(`${evil}/.git`, 'gitdir: entry\n');
      },
    ],
    [
      'its entry lies in worktrees of its own',
      (root, evil) => {
        mkdirSync(`${evil}/worktrees/x`, { recursive: true });
        symlinkSync(`${root}/main/.git`, `${evil}/common`);
        writeFileSync(`${evil}/worktrees/x/commondir`, '../../common\n');
        writeFileSync(`${evil}/worktrees/x/gitdir`, `${evil}/.git\n`);
        writeFileSync(`${evil}/.git`, 'gitdir: worktrees/x\n');
      },
    ],
  ])('%s', async (_name, plant) => {
    const root = repository();
    const evil = path.join(root, 'evil');
    mkdirSync(evil);
    plant(root, evil);
    expect(await mainCheckout(evil)).toBeUndefined();
  });
});

test('a FIFO in its place is not waited for, and a device without an end not read', async () => {
  const root = temporaryFolder();
  execFileSync('mkfifo', [path.join(root, '.git')]);
  expect(await mainCheckout(root)).toBeUndefined();
  const other = temporaryFolder();
  symlinkSync('/dev/zero', path.join(other, '.git'));
  expect(await mainCheckout(other)).toBeUndefined();
});
