import { readlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { openNewRun } from '../../../src/journal/open-run.ts';
import { DESCRIPTION } from '../../support/runs/run-description.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Notes what is synced, by the name the kernel knows the descriptor under. */
async function watchSyncs(): Promise<string[]> {
  const synced: string[] = [];
  const any = await open('/dev/null');
  const prototype = Object.getPrototypeOf(any) as FileHandle;
  await any.close();
  const { sync } = prototype;
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    synced.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    await sync.call(this);
  });
  return synced;
}

test.skipIf(os.platform() !== 'linux')(
  'a new run is on the disk, with the names that lead to it',
  async () => {
    const state = path.join(temporaryFolder(), 'state');
    const synced = await watchSyncs();
    const opener = { uid: os.userInfo().uid, now: 0 };
    const run = await openNewRun(state, DESCRIPTION, 'script', opener);
    await run[Symbol.asyncDispose]();
    vi.restoreAllMocks();
    const names = synced.map((file) => path.relative(state, file));
    // Files are synced under the name they are renamed from.
    expect(names.slice(0, 2)).toEqual(['runs/r/script.js.new', 'runs/r']);
    expect(names).toEqual(expect.arrayContaining(['runs/r/run.json.new', 'runs', '']));
    // Once more after the journal was made.
    expect(names.at(-1)).toBe('runs/r');
  },
);
