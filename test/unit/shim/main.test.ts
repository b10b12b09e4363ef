/** A Node that is too old for the pool is no reason to fail a call that needs none. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { claudeShimMain } from '../../../src/shim/main.ts';
import { systemClock } from '../../support/system-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('the real program runs, its end is ours, and a note is left', async () => {
  const dir = temporaryFolder();
  const end = await claudeShimMain({
    argv: ['-c', 'exit 9'],
    env: { ANDWAIT_HOME: dir, ANDWAIT_SHIM_REAL: '/bin/sh' },
    cwd: dir,
    clock: systemClock,
    random: () => 0.5,
    nodePath: '/opt/node18',
    nodeVersion: '18.20.4',
    distDir: dir,
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    homeDir: dir,
    kill: () => {
      throw new Error('nobody was to be signalled');
    },
    onSignal: () => () => {},
  });
  expect(end).toEqual({ kind: 'exited', code: 9 });
  const note = JSON.parse(readFileSync(path.join(dir, 'unpooled.ndjson'), 'utf8')) as object;
  expect(note).toMatchObject({ reason: expect.stringContaining('/opt/node18 is Node 18.20.4') as string });
});
