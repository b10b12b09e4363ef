/** What `andwait` says of itself: on stdout, exit 0, and no wider than where it is read. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { VERSION } from '../../../src/core/program.ts';
import { runAndwait } from '../../support/programs/run-in-process.ts';
import { ANDWAIT, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const project = new ShellProject(suiteFolder());
const SCRIPT = '/usr/bin/script';
const COMMANDS = [
  'run',
  'map',
  'resume',
  'exec',
  'list',
  'status',
  'watch',
  'result',
  'logs',
  'report',
  'stop',
  'pause',
  'continue',
  'skip',
  'retry',
  'validate',
  'new',
  'explain',
  'docs',
  'save',
  'completion',
  'sessions',
  'shellenv',
  'doctor',
  'pool',
  'worker',
  'gc',
];

/** In this process, with a stdout that is no terminal. */
const andwait = (...argv: string[]) => runAndwait({ argv, cwd: project.cwd, env: project.env });

describe('help', () => {
  test.each(['--help', '-h', 'help'])('%s names every command', async (word) => {
    const { code, stdout, stderr } = await andwait(word);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^ {2}andwait (\w+)/gm)?.map((line) => line.slice(10))).toEqual(COMMANDS);
  });

  test('so does whoever is told that there is no such command', async () => {
    const { stderr } = await andwait('frob');
    for (const command of COMMANDS) expect(stderr).toMatch(new RegExp(`\\b${command}\\b`));
  });

  test.each(COMMANDS)('of %s, three ways', async (command) => {
    const { code, stdout, stderr } = await andwait(command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^andwait ${command}\\b.*\\n\\n\\w.*\\n`));
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    // Each flag says what it is for, in words; none carries the parser's tags.
    expect(lines.filter((line) => /^ +(-\w, )?--[\w-]+$/.test(line))).toEqual([]);
    expect(stdout).not.toMatch(/\[(string|boolean|array|required|choices)/);
    expect((await andwait(command, '-h')).stdout).toBe(stdout);
    expect((await andwait('help', command)).stdout).toBe(stdout);
  });

  test.runIf(process.platform === 'linux' && existsSync(SCRIPT))(
    'fits a terminal of 80 columns',
    async () => {
      const command = `stty cols 80 rows 24; for c in ${COMMANDS.join(' ')}; do "${process.execPath}" "${ANDWAIT}" $c --help; done`;
      const { stdout } = await project.startProgram(SCRIPT, ['-qec', command, '/dev/null']).ended;
      expect(stdout.match(/^andwait \w+/gm)).toHaveLength(COMMANDS.length);
      expect(stdout.split('\r\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );
});

test('of map says what becomes of empty lines', async () => {
  const { stdout } = await andwait('map', '--help');
  expect(stdout.replace(/\s+/g, ' ')).toContain('empty lines are skipped and not numbered');
});

test.each([['--version'], ['-v'], ['run', '--version']])('%s %s', async (...argv) => {
  expect(await andwait(...argv)).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
});
