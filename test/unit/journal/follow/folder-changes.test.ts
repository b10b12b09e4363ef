import { once } from 'node:events';
import { watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { watchFolders } from '../../../../src/journal/follow/folder-changes.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function setUp(folders: readonly string[]) {
  const clock = new ManualClock();
  let looks = 0;
  const watch = watchFolders(folders, clock, () => {
    looks += 1;
  });
  return { clock, watch, looks: () => looks };
}

test('a change is looked at soon, and many at once only once', async () => {
  const folder = temporaryFolder();
  const { clock, watch, looks } = setUp([folder]);
  for (const name of ['a', 'b', 'c']) writeFileSync(path.join(folder, name), 'x');
  await clock.timerSet(100);
  expect(looks()).toBe(0);
  clock.advance(100);
  expect(looks()).toBe(1);
  watch[Symbol.dispose]();
});

test('changes that go on do not put the look off', async () => {
  const folder = temporaryFolder();
  const { clock, watch: watched, looks } = setUp([folder]);
  writeFileSync(path.join(folder, 'a'), 'x');
  await clock.timerSet(100);
  clock.advance(60);
  const seen = watch(folder);
  const heard = once(seen, 'change');
  writeFileSync(path.join(folder, 'b'), 'x');
  await heard;
  clock.advance(40);
  expect(looks()).toBe(1);
  seen.close();
  watched[Symbol.dispose]();
});

test('where nothing is told of changes, as for a folder that is not there, there is a look every second', () => {
  const { clock, watch, looks } = setUp(['/nowhere']);
  clock.advance(3500);
  expect(looks()).toBe(3);
  watch[Symbol.dispose]();
  clock.advance(5000);
  expect(looks()).toBe(3);
  expect(clock.pending).toEqual([]);
});
