/** The command line of `andwait save`. */
import type { Argv } from 'yargs';
import { TEXT } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { LAST } from '../reading/run-choice.ts';

export function defineSaveOptions(yargs: Argv) {
  return yargs
    .positional('what', {
      type: 'string',
      describe: 'a RUN, its id or the beginning of one; or a FILE; or /NAME, to have a workflow of your own',
    } as const)
    .options({
      last: LAST,
      user: {
        type: 'boolean',
        default: false,
        describe: 'for every project of yours (~/.claude/workflows); else in this one (.claude/workflows)',
      },
      name: { ...TEXT, describe: 'under this name [default: its meta.name]' },
      replace: {
        type: 'boolean',
        default: false,
        describe: 'write over what is saved there under that name',
      },
    } as const);
}

export type SaveOptions = Parsed<typeof defineSaveOptions>;
