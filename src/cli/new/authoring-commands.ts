/** The commands for who writes scripts, a person or a model; their code loads when one is called. */
import type { Argv } from 'yargs';
import type { Program } from '../../core/program.ts';
import type { CarriedOutBy } from '../command-line/carried-out-by.ts';
import { defineDocsOptions } from '../docs/docs-options.ts';
import { defineExplainOptions } from '../explain/explain-options.ts';
import { defineValidateOptions } from '../validate/validate-options.ts';
import { defineNewFlags } from './new-flags.ts';
import { newCommandLine } from './new-options.ts';

export function withAuthoring(commandLine: Argv, carriedOutBy: CarriedOutBy, program: Program): Argv {
  return commandLine
    .command(
      'validate <file>',
      'check a script without running it',
      defineValidateOptions,
      carriedOutBy(async (parsed) => {
        const { validateCommand } = await import('../validate/validate-command.ts');
        return await validateCommand(parsed, program);
      }),
    )
    .command(
      'new [task]',
      'have a model write a workflow script; it is checked, rehearsed and shown, and runs only if you say so',
      defineNewFlags,
      carriedOutBy(async (parsed) => {
        const line = newCommandLine(parsed, program.cores);
        const { newCommand } = await import('./new-command.ts');
        return await newCommand(line, program);
      }),
    )
    .command(
      'explain <file>',
      'say in words what a script will do, without running it',
      defineExplainOptions,
      carriedOutBy(async (parsed) => {
        const { explainCommand } = await import('../explain/explain-command.ts');
        return await explainCommand(parsed, program);
      }),
    )
    .command(
      'docs [guide]',
      'the guides and workflows that come with andwait, or what one of them says',
      defineDocsOptions,
      carriedOutBy(async (parsed) => {
        const { docsCommand } = await import('../docs/docs-command.ts');
        return await docsCommand(parsed, program);
      }),
    );
}
