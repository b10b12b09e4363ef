/** The command line of `andwait validate`. */
import type { Argv } from 'yargs';
import type { Parsed } from '../command-line/parsed.ts';

export function defineValidateOptions(yargs: Argv) {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'workflow script' })
    .options({ json: { type: 'boolean', default: false, describe: 'as JSON' } } as const);
}

export type ValidateOptions = Parsed<typeof defineValidateOptions>;
