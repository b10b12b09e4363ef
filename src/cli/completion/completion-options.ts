/** The command line of `andwait completion`. */
import type { Argv } from 'yargs';

export const COMPLETED_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletedShell = (typeof COMPLETED_SHELLS)[number];

export function defineCompletionOptions(yargs: Argv) {
  return yargs
    .positional('shell', {
      choices: COMPLETED_SHELLS,
      describe: `who reads it: ${COMPLETED_SHELLS.join(', ')} [default: the shell of this user]`,
    } as const)
    .epilogue(
      'In ~/.bashrc: source <(andwait completion bash); in ~/.zshrc, after compinit: source <(andwait completion zsh); in fish: andwait completion fish | source',
    );
}
