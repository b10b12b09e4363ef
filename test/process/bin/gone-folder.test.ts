/** Programs started in a folder that was deleted meanwhile: they say so, and what needs no folder works. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const DIST = path.resolve(import.meta.dirname, '../../../dist');
const GONE = /^(andwait|Error): the working folder no longer exists \(it was deleted or moved\): cd to one/;

test.each<[string, readonly string[], number, RegExp, RegExp]>([
  // As the real program ends there.
  ['andwait-print', ['-p'], 1, /^$/, GONE],
  ['andwait-print', ['--version'], 0, /\(andwait-print\)/, /^$/],
  ['andwait', ['run', 'x.js'], 2, /^$/, GONE],
  ['andwait', ['exec', '--', 'true'], 2, /^$/, GONE],
  ['andwait', ['list'], 0, /^$/, /no runs yet/],
  ['andwait', ['--help'], 0, /andwait run/, /^$/],
])('%s %j', (program, args, status, stdout, stderr) => {
  const cwd = temporaryFolder();
  const words = [process.execPath, path.join(DIST, `${program}.js`), ...args];
  const started = spawnSync('/bin/sh', ['-c', 'rmdir "$PWD"; exec "$@"', 'sh', ...words], {
    cwd,
    env: { PATH: '/usr/bin:/bin', HOME: temporaryFolder(), ANTHROPIC_API_KEY: 'k' },
    encoding: 'utf8',
  });
  expect(started.status).toBe(status);
  expect(started.stdout).toMatch(stdout);
  expect(started.stderr).toMatch(stderr);
  expect(started.stderr.split('\n').length).toBeLessThanOrEqual(2);
});
