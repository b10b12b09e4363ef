/** `andwait shellenv`: the line it prints is read by the shells it is for, and puts our folder first, once. */
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { shellenvLine } from '../../../src/cli/shellenv/shellenv-command.ts';
import { DIST, runAndwait } from '../../support/programs/run-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const SHIMS = path.join(DIST, '../shims');
const ODD = `/tmp/it's a "folder" with $HOME \`id\` \\ and *`;

async function shellenv(...argv: string[]) {
  return await runAndwait({ argv: ['shellenv', ...argv], cwd: '/', env: { SHELL: '/bin/zsh' } });
}

/** A bash whose stdin is a socket, as Node's pipes are, takes itself for a remote login and reads ~/.bashrc, unless it is not the first shell. */
const NOT_FIRST = { SHLVL: '2' };

async function pathAfter(shell: string, lines: readonly string[], before?: string): Promise<string> {
  const script = ['set -u', ...lines, 'printf %s "$PATH"'].join('\n');
  const env = before === undefined ? NOT_FIRST : { ...NOT_FIRST, PATH: before };
  return (await run(shell, ['-c', script], { env })).stdout;
}

const SHELLS = ['/bin/dash', '/bin/bash', '/bin/ksh', '/bin/zsh', '/bin/sh'].filter(existsSync);

describe.each(SHELLS)('%s', (shell) => {
  test.each([
    ['of this installation', SHIMS],
    ['with everything in its name that shells read otherwise', ODD],
  ])('a folder %s comes first', async (_name, shims) => {
    const line = shellenvLine('sh', { shims, programs: [] });
    expect(await pathAfter(shell, [line], '/usr/bin:/bin')).toBe(`${shims}:/usr/bin:/bin`);
  });

  test('twice changes PATH once', async () => {
    const line = shellenvLine('sh', { shims: ODD, programs: [] });
    expect(await pathAfter(shell, [line, line], '/bin')).toBe(`${ODD}:/bin`);
  });

  test('behind another folder it comes to the front', async () => {
    const line = shellenvLine('sh', { shims: '/s', programs: [] });
    expect(await pathAfter(shell, [line], '/bin:/s')).toBe('/s:/bin:/s');
  });

  test('an empty PATH gains no working folder', async () => {
    const line = shellenvLine('sh', { shims: '/s', programs: [] });
    expect(await pathAfter(shell, ['PATH=', line])).toBe('/s');
  });

  test('what is started below has it', async () => {
    const line = shellenvLine('sh', { shims: SHIMS, programs: [] });
    const { stdout } = await run(shell, ['-c', `${line}\n/usr/bin/env`], {
      env: { ...NOT_FIRST, PATH: '/bin' },
    });
    expect(stdout).toContain(`PATH=${SHIMS}:/bin\n`);
  });
});

test('github: a line in the file that the next steps are given', async () => {
  const file = path.join(temporaryFolder(), 'github path');
  appendFileSync(file, '/before\n');
  const line = shellenvLine('github', { shims: ODD, programs: [] });
  await run('/bin/sh', ['-c', line], { env: { GITHUB_PATH: file } });
  expect(readFileSync(file, 'utf8')).toBe(`/before\n${ODD}\n`);
});

test('cron: one assignment, with what cron’s own PATH lacks', async () => {
  const { code, stdout, stderr } = await shellenv('cron');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [name, folders] = stdout.trimEnd().split('=');
  const listed = folders?.split(':') ?? [];
  expect(name).toBe('PATH');
  expect(listed.slice(0, 2)).toEqual([SHIMS, path.dirname(process.execPath)]);
  expect(listed).toEqual(expect.arrayContaining(['/usr/bin', '/bin']));
  expect(new Set(listed).size).toBe(listed.length);
});

test.runIf(existsSync('/usr/bin/fish'))('fish: first, once, whatever is in its name', async () => {
  const line = shellenvLine('fish', { shims: ODD, programs: [] });
  const { stdout } = await run('/usr/bin/fish', ['-c', `${line}\n${line}\nstring join : $PATH`], {
    env: { PATH: '/usr/bin:/bin' },
  });
  expect(stdout.trim()).toBe(`${ODD}:/usr/bin:/bin`);
});

test('the default is what the user’s shell reads', async () => {
  expect(await shellenv()).toEqual(await shellenv('sh'));
  const fish = await runAndwait({ argv: ['shellenv'], cwd: '/', env: { SHELL: '/usr/local/bin/fish' } });
  expect(fish).toEqual(await shellenv('fish'));
});

test('a word it does not know is quoted, with those it knows', async () => {
  const { code, stdout, stderr } = await shellenv('powershell');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('andwait: shellenv "powershell": expected sh, fish, cron or github');
});

test.each(['/has:colon', '/has\nline'])('%j is refused: no quoting helps', (shims) => {
  expect(() => shellenvLine('sh', { shims, programs: [] })).toThrow('cannot stand on PATH');
});
