/** The command line of the child, and the launcher's promise that it does not outlive us. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostCommand, launcherArgs, SHELL } from '../../../src/script/child-command.ts';
import { fromProc, fromPs } from '../../../src/script/resident-memory.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SELF = path.resolve(import.meta.filename);

describe('flags', () => {
  test.each([
    ['before Node 22.13', false, '--experimental-permission', '--permission'],
    ['since Node 22.13', true, '--permission', '--experimental-permission'],
  ])('name the permission model %s', (_name, hasPermissionFlag, given, other) => {
    const command = hostCommand('/node', SELF, 64, hasPermissionFlag);
    expect(command).toContain(given);
    expect(command).not.toContain(other);
    expect(command.includes('--no-experimental-sqlite')).toBe(hasPermissionFlag);
  });

  test('let it read its own file and nothing else, by its real name', () => {
    const folder = temporaryFolder();
    const link = path.join(folder, 'link.ts');
    symlinkSync(SELF, link);
    const command = hostCommand('/node', link, 64, true);
    expect(command.filter((flag) => flag.startsWith('--allow'))).toEqual([`--allow-fs-read=${SELF}`]);
    expect(command.at(-1)).toBe(SELF);
  });
});

/** A child of the launcher that never ends by itself, and its life line. */
function launched() {
  const child = spawn(SHELL, launcherArgs(['/bin/sh', '-c', 'echo started; while :; do :; done']), {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  const lifeLine = child.stdio[3];
  if (lifeLine === null || lifeLine === undefined || !('end' in lifeLine)) throw new Error('no life line');
  return { child, lifeLine };
}

describe('the launcher', () => {
  test('kills an endless child when the life line breaks, as it does when we are killed', async () => {
    const { child, lifeLine } = launched();
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    lifeLine.destroy();
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });

  test('hands the exit status on', async () => {
    const child = spawn(SHELL, launcherArgs([process.execPath, '-e', 'process.exit(7)']), {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});

test('resident memory is the same by /proc and by ps, and unknown for a process that is gone', async () => {
  const byProc = await fromProc(process.pid);
  const byPs = await fromPs(process.pid);
  expect(byPs).toBeGreaterThan(10);
  if (process.platform === 'linux') expect(Math.abs((byProc ?? 0) - (byPs ?? 0))).toBeLessThan(50);
  expect(await fromProc(2 ** 22 + 1)).toBeUndefined();
  expect(await fromPs(2 ** 22 + 1)).toBeUndefined();
});
