/** The command line of `andwait explain`. */
import type { Argv } from 'yargs';
import type { Parsed } from '../command-line/parsed.ts';

export function defineExplainOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'workflow script, or the name of a saved one',
    })
    .options({ json: { type: 'boolean', default: false, describe: 'one object, for programs' } } as const);
}

export type ExplainOptions = Parsed<typeof defineExplainOptions>;
