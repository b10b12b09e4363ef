/** The command line of `andwait shellenv`. */
import type { Argv } from 'yargs';
import { SHELLS } from './shells.ts';

export function defineShellenvOptions(yargs: Argv) {
  return yargs
    .positional('shell', {
      choices: SHELLS,
      describe: `who reads it: ${SHELLS.join(', ')} [default: the shell of this user]`,
    } as const)
    .epilogue('In a shell: eval "$(andwait shellenv)"; in fish: andwait shellenv fish | source');
}
