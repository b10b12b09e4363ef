/** `andwait completion`: the words that teach a shell to complete ours. They are files, so that packages can put them where shells look. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { printLines } from '../print-lines.ts';
import { SHELL } from '../shellenv/shells.ts';
import { COMPLETED_SHELLS, type CompletedShell } from './completion-options.ts';

const FILES: Readonly<Record<CompletedShell, string>> = {
  bash: 'andwait.bash',
  zsh: '_andwait',
  fish: 'andwait.fish',
};

export async function completionCommand(
  wanted: CompletedShell | undefined,
  program: Program,
): Promise<number> {
  const shell = wanted ?? shellOf(program.env[SHELL]);
  const file = path.join(program.distDir, '..', 'completions', FILES[shell]);
  return await printLines(program, [readFileSync(file, 'utf8').trimEnd()]);
}

function shellOf(login: string | undefined): CompletedShell {
  const shell = COMPLETED_SHELLS.find((each) => each === path.basename(login ?? ''));
  if (shell !== undefined) return shell;
  throw new UserError(
    `${SHELL} is ${JSON.stringify(login ?? '')}; say for which shell: ${COMPLETED_SHELLS.join(', ')}`,
  );
}
