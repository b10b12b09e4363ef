/** What makes scripts easy to come back to: names to run them by, and a shell that knows the names. Code loads when one is called. */
import type { Argv } from 'yargs';
import type { Program } from '../../core/program.ts';
import type { CarriedOutBy } from '../command-line/carried-out-by.ts';
import { defineCompletionOptions } from '../completion/completion-options.ts';
import { defineSaveOptions } from './saved-options.ts';

export function withSaving(commandLine: Argv, carriedOutBy: CarriedOutBy, program: Program): Argv {
  return commandLine
    .command(
      'save [what]',
      'keep the script of a run, or of a file, under its name: `andwait run /NAME` runs it',
      defineSaveOptions,
      carriedOutBy(async (parsed) => {
        const { saveCommand } = await import('./save-command.ts');
        return await saveCommand(parsed, program);
      }),
    )
    .command(
      'completion [shell]',
      'print what teaches a shell to complete commands, flags, workflows and runs',
      defineCompletionOptions,
      carriedOutBy(async (parsed) => {
        const { completionCommand } = await import('../completion/completion-command.ts');
        return await completionCommand(parsed.shell, program);
      }),
    );
}
