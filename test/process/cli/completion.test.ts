/** Completion in the shells themselves: what a hostile name becomes in a line that somebody is about to run. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ANDWAIT, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const HOSTILE = 'zz $(touch pwned) `touch pwned`';
/** Whose home is the project: these are personal. */
const project = new ShellProject(suiteFolder(), {
  '.claude/workflows/hostile.js': scriptNamed(HOSTILE),
  '.claude/workflows/tame.js': scriptNamed('tame'),
  'tame-files/a.js': '',
});
project.write('bin/andwait', `#!/bin/sh\nexec '${process.execPath}' '${ANDWAIT}' "$@"\n`, 0o755);

function scriptNamed(name: string): string {
  return `export const meta = ${JSON.stringify({ name, description: 'd' })}\nreturn 1\n`;
}

/** What the line would be run as: the words of COMPREPLY, read by the shell once more, as they would be after Enter. */
const IN_BASH = `
eval "$(andwait completion bash)"
complete -p andwait
completed() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _andwait andwait
  echo "--"
  for each in "\${COMPREPLY[@]}"; do eval "printf '[%s]\\n' $each"; done
}
completed andwait run zz
completed andwait run '"zz '
completed andwait run tame
completed andwait run --agent = p
completed andwait run zz --ag
`;

test('in bash', async () => {
  const { stdout, stderr } = await project.startProgram('/bin/bash', ['--norc', '-c', IN_BASH]).ended;
  expect(stderr).toBe('');
  expect(stdout.split('--\n').map((part) => part.trimEnd().split('\n'))).toEqual([
    ['complete -o default -F _andwait andwait'],
    [`[${HOSTILE}]`],
    // Nothing that quotes could be broken out of, or mean something within.
    [''],
    ['[tame]', '[tame-files/]'],
    ['[print]'],
    ['[--agent]'],
  ]);
  expect(existsSync(path.join(project.cwd, 'pwned'))).toBe(false);
});

test.skipIf(!existsSync('/usr/bin/fish'))('in fish', async () => {
  const line =
    'andwait completion fish | source; complete -C "andwait run zz"; complete -C "andwait run --agent=p"';
  const { stdout } = await project.startProgram('/usr/bin/fish', ['--no-config', '-c', line]).ended;
  expect(stdout.split('\n')[0]).toBe(`${HOSTILE}\td (personal)`);
  expect(stdout).toContain('--agent=print');
  expect(existsSync(path.join(project.cwd, 'pwned'))).toBe(false);
});
